// What the page notes for itself: that there was an answer. It never learns which.
const noted = document.querySelector("#noted");
document.addEventListener("signal-flags-answered", () => {
  noted.textContent = "Opgezocht.";
});
document.addEventListener("signal-flags-refused", (event) => {
  noted.textContent = `Niet opgezocht (${event.detail.reason}).`;
});
