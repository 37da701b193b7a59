"""Make a profile on a page in the browser: the file beside what becomes of it.

The page shows values of citizens, on the machine where the file is. So it

- listens on the loopback address only, at an address that nobody can guess, and answers
  no other host name and no form from elsewhere (`server`);
- loads nothing, runs no script and sends nothing on; nothing of it is logged;
- ends when the profile was written, when it was stopped, or after an hour of silence.

`form` makes choices of what was posted, `screens` shows them, `preview` reads the file
with them. No server but Python's own: the page works where only the agent is installed.
"""
