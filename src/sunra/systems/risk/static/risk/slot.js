// The slider of the map and the choice of the slot above the table say the same.

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
