/** The device's camera: opening it, taking a picture from it, saying why it does not open. */

export type CameraFailure = 'unsupported' | 'denied' | 'missing' | 'busy';

/** Why `getUserMedia` failed, in the terms a person can act on. */
export function failureOf(thrown: unknown): CameraFailure {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return name === '' ? 'unsupported' : 'busy';
}

/** Whether a live camera view is possible here at all. */
export function cameraSupported(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === 'function';
}

/** Opens the camera that looks away from the person, with as many pixels as it gives. */
export async function openCamera(purpose: 'photo' | 'code'): Promise<MediaStream> {
  if (!cameraSupported()) throw new TypeError('no camera interface');
  const size = purpose === 'photo' ? { width: { ideal: 4096 }, height: { ideal: 3072 } } : { width: { ideal: 1280 } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: 'environment' }, ...size } });
}

type Capture = { takePhoto(): Promise<Blob> };
type CaptureClass = new (track: MediaStreamTrack) => Capture;

/** One photograph: at the sensor's resolution where the platform can, else the frame shown. */
export async function takePicture(stream: MediaStream, video: HTMLVideoElement): Promise<Blob> {
  const native = (globalThis as { ImageCapture?: CaptureClass }).ImageCapture;
  const track = stream.getVideoTracks()[0];
  if (native && track && track.readyState === 'live') {
    try {
      const blob = await new native(track).takePhoto();
      if (blob.size > 0 && blob.type.startsWith('image/')) return blob;
    } catch {
      // Some cameras announce it and cannot; the shown frame always works.
    }
  }
  return frameOf(video);
}

function frameOf(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the frame could not be encoded'))), 'image/jpeg', 0.92);
  });
}

/** Switches the camera off. */
export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
