// A photo of a hazard: drawn anew on a canvas, so that nothing of the camera's data goes along, and with a
// brush that makes faces and number plates unreadable before anything leaves the phone.

const WIDEST = 1280, BRUSH = 28;

export class Photo {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); this.blur(event); });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.blur(event); });
  }

  async load(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
    this.canvas.width = Math.round(picture.width * scale);
    this.canvas.height = Math.round(picture.height * scale);
    this.context.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    picture.close();
    this.first = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  blur(event) {
    if (!this.first) return;
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width, size = Math.round(BRUSH * scale);
    this.cover((event.clientX - box.left) * scale - size / 2, (event.clientY - box.top) * scale - size / 2, size);
  }

  /** Lays one flat square over what was there: nothing of it can be brought back from the picture. */
  cover(left, top, size) {
    const x = Math.max(0, Math.floor(left)), y = Math.max(0, Math.floor(top));
    const wide = Math.min(size, this.canvas.width - x), high = Math.min(size, this.canvas.height - y);
    if (wide < 1 || high < 1) return;
    const [red, green, blue] = this.context.getImageData(x + (wide >> 1), y + (high >> 1), 1, 1).data;
    this.context.fillStyle = `rgb(${red} ${green} ${blue})`;
    this.context.fillRect(x, y, wide, high);
  }

  coverAll() {
    if (this.first) this.cover(0, 0, Math.max(this.canvas.width, this.canvas.height));
  }

  undo() {
    if (this.first) this.context.putImageData(this.first, 0, 0);
  }

  clear() {
    this.first = null;
    this.canvas.width = this.canvas.height = 0;
  }

  /** The picture as JPEG, or null when there is none. */
  blob() {
    if (!this.first) return Promise.resolve(null);
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", 0.8));
  }
}
