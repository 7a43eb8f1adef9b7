/* The place to sign on a page of the staff: what was drawn goes with the form as a picture. */
import SignaturePad from "../vendor/signature_pad.min.js";

const form = document.querySelector("form[data-signed]");
const canvas = form?.querySelector("[data-sigpad]");
if (canvas) {
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3, penColor: "#06303a" });
  const fit = () => {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const drawn = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(drawn);
  };
  addEventListener("resize", fit);
  fit();
  form.querySelector("[data-clear]").addEventListener("click", () => pad.clear());
  form.addEventListener("submit", () => {
    form.elements.signature.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  });
}
