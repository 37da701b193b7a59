"""The pages of officers: one module per page, each with a `router`.

- Each route names its caller by role (`desk.callers`): whoever lacks it gets a page
  that says so (403). What an officer may see is decided anew by the index, with the
  officer's own access token, at every request.
- A page module asks the index by `desk_of(request).index.ask` and gives the answer to
  a template in `templates/officer/`. It keeps nothing.
- A form is sent by POST to a page of this package, which is then rendered (and says
  `allow_form`); nothing that is searched for stands in an address.
"""
