// Sliders and choices above the table say the same; a cell chosen on the map tells its reasons below it.

const slider = document.querySelector("[data-slot]");
const choice = document.getElementById("slot");

if (slider && choice) {
  slider.addEventListener("change", () => {
    if (choice.value === slider.value) return;
    choice.value = slider.value;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
  choice.addEventListener("change", () => {
    if (choice.value === slider.value) return;
    slider.value = choice.value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const nights = document.querySelector("[data-days]");
const day = document.getElementById("day");

if (nights && day) {
  const night = nights.querySelector("input");
  const told = nights.querySelector("output");
  const tell = () => {
    told.textContent = day.options[night.value].text;
    night.setAttribute("aria-valuetext", told.textContent);
  };
  const go = (value) => {
    const query = new URLSearchParams(location.search); // keeps the section of the map and the slot
    query.set("day", value);
    location.assign(`${location.pathname}?${query}`);
  };
  nights.hidden = false;
  tell();
  night.addEventListener("input", tell);
  night.addEventListener("change", () => go(day.options[night.value].value));
  day.addEventListener("change", () => go(day.value));
}

const place = document.querySelector("[data-cell-url]");
const chosen = document.getElementById("chosen-cell");

place?.addEventListener("sunra:choose", async ({ detail }) => {
  if (!/^\d+-\d+$/.test(detail.id)) return chosen.replaceChildren();
  const answer = await fetch(place.dataset.cellUrl.replace("0-0", detail.id), { credentials: "same-origin" });
  if (!answer.ok) return chosen.replaceChildren();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  chosen.replaceChildren(...page.getElementById("cell-why").childNodes);
});
