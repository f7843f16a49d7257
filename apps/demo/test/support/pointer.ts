import type { CDPSession, Page } from 'puppeteer-core';

/** What drags: a mouse or a finger, by the events that the browser gets from its system. */
export type Pointer = 'mouse' | 'finger';

/**
 * Drags what has this name, in steps as a hand does.
 *
 * @param label - Its accessible name.
 * @param by - Pixels to the right.
 * @param from - Where it is taken, as fractions of its height; the middle of its width.
 */
export async function drag(page: Page, pointer: Pointer, label: string, by: number, from = 0.5): Promise<void> {
  const handle = (await page.waitForSelector(`[aria-label="${label}"]`))!;
  await handle.scrollIntoView();
  const { x: left, y: top, width, height } = (await handle.boundingBox())!;
  const [x, y] = [left + width / 2, top + from * height];
  const session = await page.createCDPSession();
  try {
    const send = pointer === 'mouse' ? mouse(session) : finger(session);
    await send('down', x, y);
    for (let step = 1; step <= 6; step++) await send('move', x + (by * step) / 6, y + step);
    await send('up', x + by, y + 6);
  } finally {
    await session.detach();
  }
}

/** Drops a file on the page, as from a folder beside the browser. */
export async function dropFile(page: Page, file: string, x: number, y: number): Promise<void> {
  const session = await page.createCDPSession();
  try {
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x, y, data });
    }
  } finally {
    await session.detach();
  }
}

type Send = (what: 'down' | 'move' | 'up', x: number, y: number) => Promise<unknown>;

function mouse(session: CDPSession): Send {
  const types = { down: 'mousePressed', move: 'mouseMoved', up: 'mouseReleased' } as const;
  return (what, x, y) =>
    session.send('Input.dispatchMouseEvent', { type: types[what], x, y, button: 'left', buttons: 1, clickCount: 1 });
}

function finger(session: CDPSession): Send {
  const types = { down: 'touchStart', move: 'touchMove', up: 'touchEnd' } as const;
  return (what, x, y) =>
    session.send('Input.dispatchTouchEvent', { type: types[what], touchPoints: what === 'up' ? [] : [{ x, y }] });
}
