import { useEffect, useRef } from 'preact/hooks';
import { closeCamera, countdown, openCamera, record, stopRecording, stream, turnCamera } from '../state/camera.js';

/** Opens the camera and records with it; nothing is sent. */
export function Camera() {
  useEffect(() => closeCamera, []);
  return (
    <div class="row camera">
      {!stream.value && (
        <button type="button" onClick={() => void openCamera()}>
          Open the camera
        </button>
      )}
      {stream.value && countdown.value === null && (
        <>
          <button type="button" class="record" onClick={record}>
            Record
          </button>
          <button type="button" onClick={turnCamera}>
            Other camera
          </button>
          <button type="button" onClick={closeCamera}>
            Close
          </button>
        </>
      )}
      {countdown.value !== null && (
        <button type="button" class="record" onClick={stopRecording}>
          {countdown.value > 0 ? `Cancel: ${countdown.value} s` : 'Stop and judge'}
        </button>
      )}
      <small>Records 3 s after the button, a minute at most. It stays in this browser.</small>
    </div>
  );
}

/** What the camera sees, over the viewer. */
export function CameraPicture() {
  const preview = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!preview.current || !stream.value) return;
    preview.current.srcObject = stream.value;
    preview.current.scrollIntoView({ block: 'nearest' });
  }, [stream.value]);
  if (!stream.value) return null;
  return (
    <div class="camera-picture">
      <video ref={preview} autoplay muted playsInline aria-label="Camera" />
      {countdown.value !== null && (
        <p class="countdown figure" role="status">
          {countdown.value > 0 ? countdown.value : 'Recording'}
        </p>
      )}
    </div>
  );
}
