import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { showFile } from '../state/showing.js';
import { trouble } from '../state/trouble.js';

/** How long a recording may last, in seconds. */
const LONGEST = 60;

/** Records with the camera and shows the recording; nothing is kept or sent. */
export function Camera() {
  const preview = useRef<HTMLVideoElement>(null);
  const stream = useSignal<MediaStream | null>(null);
  const recorder = useSignal<MediaRecorder | null>(null);
  useEffect(() => () => stopTracks(stream.value), []);
  useEffect(() => {
    if (preview.current) preview.current.srcObject = stream.value;
  }, [stream.value]);

  const open = async () => {
    trouble.value = null;
    try {
      const video = { width: { ideal: 1280 }, facingMode: 'environment' };
      stream.value = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      trouble.value = {
        text: 'The camera can’t be used: it was not allowed, is not there, or is in use elsewhere.',
        detail: (error as Error).message,
        ways: [{ label: 'Try again', go: () => void open() }],
      };
    }
  };

  const record = () => {
    const made = new MediaRecorder(stream.value!);
    const parts: Blob[] = [];
    made.ondataavailable = ({ data }) => parts.push(data);
    made.onstop = () => {
      clearTimeout(end);
      recorder.value = null;
      stopTracks(stream.value);
      stream.value = null;
      const ending = made.mimeType.includes('mp4') ? 'mp4' : 'webm';
      showFile(new Blob(parts, { type: made.mimeType }), `recording.${ending}`, true);
    };
    const end = setTimeout(() => made.state === 'recording' && made.stop(), LONGEST * 1000);
    made.start();
    recorder.value = made;
  };

  return (
    <div class="row camera">
      {stream.value && <video ref={preview} autoplay muted playsInline aria-label="Camera" />}
      {!stream.value && (
        <button type="button" onClick={() => void open()}>
          Open the camera
        </button>
      )}
      {stream.value && !recorder.value && (
        <button type="button" class="record" onClick={record}>
          Record
        </button>
      )}
      {recorder.value && (
        <button type="button" class="record" onClick={() => recorder.value!.stop()}>
          Stop and judge
        </button>
      )}
      <small>At most a minute; it stays in this page.</small>
    </div>
  );
}

function stopTracks(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
