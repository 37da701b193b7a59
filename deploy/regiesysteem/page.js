// What the page notes for itself: that there was an answer. It never learns which.
const noted = document.querySelector("#noted");
document.addEventListener("signal-flags-answered", () => {
  noted.textContent = "Opgezocht.";
});
// What generalist and citizen estimated comes by their own press, and is this page's to keep.
const estimates = document.querySelector("#estimates");
document.addEventListener("signal-flags-estimates", ({ detail }) => {
  const lines = detail.estimates.map(({ label, estimate }) => {
    const line = document.createElement("li");
    line.textContent = `${label}: ${estimate}`;
    return line;
  });
  estimates.replaceChildren(...lines);
});
document.addEventListener("signal-flags-refused", (event) => {
  noted.textContent = `Niet opgezocht (${event.detail.reason}).`;
});
