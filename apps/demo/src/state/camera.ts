import { signal } from '@preact/signals';
import { addVideos } from './showing.js';
import { trouble } from './trouble.js';

/** How long a recording may last, in seconds. */
const LONGEST = 60;
/** Seconds between the button and the recording, to get into place. */
const COUNTDOWN = 3;

/** What the camera sees, while it is open. */
export const stream = signal<MediaStream | null>(null);
/** Seconds until it records; 0 while it records; `null` before. */
export const countdown = signal<number | null>(null);
export const facing = signal<'environment' | 'user'>('environment');

let recorder: MediaRecorder | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

/** Opens the camera, or the other one. */
export async function openCamera(): Promise<void> {
  trouble.value = null;
  closeCamera();
  try {
    const video = { width: { ideal: 1280 }, facingMode: facing.value };
    stream.value = await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    trouble.value = {
      text: 'The camera can’t be used: it was not allowed, is not there, or is in use elsewhere. Allow it beside the address of this page.',
      detail: (error as Error).message,
      ways: [{ label: 'Try again', go: () => void openCamera() }],
    };
  }
}

/** Changes between the front and the rear camera. */
export function turnCamera(): void {
  facing.value = facing.value === 'user' ? 'environment' : 'user';
  void openCamera();
}

/** Records after a countdown, up to a minute. */
export function record(): void {
  countdown.value = COUNTDOWN;
  timer = setInterval(() => {
    if (!countdown.value) return;
    countdown.value--;
    if (countdown.value === 0) startRecording();
  }, 1000);
}

/** Ends the recording, which is then judged; or the countdown. */
export function stopRecording(): void {
  clearInterval(timer);
  if (recorder?.state === 'recording') recorder.stop();
  else countdown.value = null;
}

/** Ends all without keeping anything. */
export function closeCamera(): void {
  clearInterval(timer);
  if (recorder) recorder.onstop = null;
  if (recorder?.state === 'recording') recorder.stop();
  recorder = undefined;
  countdown.value = null;
  for (const track of stream.value?.getTracks() ?? []) track.stop();
  stream.value = null;
}

function startRecording(): void {
  const made = new MediaRecorder(stream.value!);
  const parts: Blob[] = [];
  const end = setTimeout(stopRecording, LONGEST * 1000);
  made.ondataavailable = ({ data }) => parts.push(data);
  made.onstop = () => {
    clearTimeout(end);
    closeCamera();
    const ending = made.mimeType.includes('mp4') ? 'mp4' : 'webm';
    void addVideos([{ file: new Blob(parts, { type: made.mimeType }), name: `recording.${ending}` }]);
  };
  made.start();
  recorder = made;
}
