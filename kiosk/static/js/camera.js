/* The camera: denied, absent or black, the visitor goes on without. */
let stream = null;

export async function open(video, facing = "user") {
  close(video);
  if (!navigator.mediaDevices?.getUserMedia) return false;
  try {
    const found = await Promise.race([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1280 } }, audio: false }),
      new Promise((_, no) => { setTimeout(() => no(new Error("nobody allowed it")), 6000); })]);
    stream = found;
    video.srcObject = found;
    await video.play();
    return true;
  } catch {
    close(video);
    return false;
  }
}
export function close(video) {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  if (video) video.srcObject = null;
}
export function shoot(video, longest) {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.8); });
}

let scanner = null;
export async function scan(video, found) {
  stopScan();
  try {
    const { default: QrScanner } = await import("../vendor/qr-scanner.min.js");
    scanner = new QrScanner(video, (result) => found(result.data), { preferredCamera: "user", maxScansPerSecond: 8, returnDetailedScanResult: true });
    await scanner.start();
    video.parentElement.dataset.live = "y";
  } catch {
    stopScan();
  }
}
export function stopScan() {
  document.querySelectorAll("[data-live]").forEach((each) => { delete each.dataset.live; });
  scanner?.destroy();
  scanner = null;
}
