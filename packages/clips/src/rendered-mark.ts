/** What the comment in the metadata of a video file begins with if its pictures are rendered by `@mcore/rendered-dives`, not filmed. */
export const RENDERED_MARK = 'rendered by mcore';
