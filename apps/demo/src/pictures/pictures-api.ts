/** What there is to show. A file that crosses to the worker is another object every time: `key` says which are the same. */
export type PictureSource = { kind: 'dive'; id: string } | { kind: 'file'; file: Blob; name: string; key: number };

/** What is known of a video once it is open. */
export interface FootageFacts {
  frameCount: number;
  durationSeconds: number;
  width: number;
  height: number;
  codec: string;
}

/** A request for pictures of a stretch of time; they come one by one as `picture` events. */
export interface PictureRequest {
  /** Newer requests of the same lane end older ones. */
  lane: string;
  request: number;
  source: PictureSource;
  fromSeconds: number;
  toSeconds: number;
  /** Maximum number of pictures, evenly spaced. */
  count: number;
  /** Of the pictures, in pixels; the width follows. */
  height: number;
}

/** One picture. */
export interface Picture {
  lane: string;
  request: number;
  /** Its place among all that will come. */
  index: number;
  total: number;
  /** When it is shown, from the video's first frame. */
  seconds: number;
  bitmap: ImageBitmap;
}

/** What the worker for pictures does. */
export type PicturesApi = {
  open(source: PictureSource): Promise<FootageFacts>;
  /** One small picture of a video, from its middle, as a file; and what is known of the video. */
  thumbnail(video: { file: Blob; name: string }): Promise<{ facts: FootageFacts; picture: Blob }>;
  /** Sends pictures; resolves when all are sent, or when a newer request of the lane came. */
  show(request: PictureRequest): Promise<void>;
};

/** What the worker tells without being asked. */
export type PicturesEvents = {
  picture(picture: Picture): void;
};
