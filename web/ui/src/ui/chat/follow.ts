/**
 * Following the end of a text that grows: a latched intent.
 *
 * Only a gesture upwards releases it: wheel, touch, keys, the scrollbar. Only reaching the end by a gesture, or
 * `toEnd`, arms it again. A change of height does neither: it is what the stream itself does all the time.
 */

import { signal, type ReadonlySignal } from "@preact/signals";

/** Within this many pixels counts as the end, for showing the button. */
const NEAR_END_PX = 150;
/** Rounding of fractional scroll positions. */
const AT_END_PX = 2;
/** A wheel or a finger lets the page glide on for about so long. */
const GLIDE_MS = 1_200;
const UP_KEYS = new Set(["ArrowUp", "PageUp", "Home"]);
const DOWN_KEYS = new Set(["ArrowDown", "PageDown", " "]);

export class Follow {
  private readonly following = signal(true);
  private readonly away = signal(false);
  /** When somebody last wanted down: heights that settle after a gesture upwards also move the page down. */
  private downAt = -Infinity;
  private isDragged = false;
  private lastTop = 0;
  private touchY = 0;
  private scroller: HTMLElement | null = null;

  get isFollowing(): ReadonlySignal<boolean> {
    return this.following;
  }

  /** The end is out of sight and not followed. */
  get isAway(): ReadonlySignal<boolean> {
    return this.away;
  }

  /** `content` is what grows within `scroller`. Returns its end. */
  attach(scroller: HTMLElement, content: HTMLElement): () => void {
    this.scroller = scroller;
    const resized = new ResizeObserver(() => this.keepUp());
    resized.observe(scroller);
    resized.observe(content);
    const ended = new AbortController();
    const on = <E extends Event>(target: EventTarget, type: string, handler: (event: E) => void): void =>
      target.addEventListener(type, handler as EventListener, { passive: true, signal: ended.signal });
    on<WheelEvent>(scroller, "wheel", (event) => this.gesture(-event.deltaY));
    on<TouchEvent>(scroller, "touchstart", (event) => void (this.touchY = event.touches[0]?.clientY ?? 0));
    on<TouchEvent>(scroller, "touchmove", (event) => this.touch(event.touches[0]?.clientY ?? 0));
    on<KeyboardEvent>(scroller, "keydown", (event) => this.key(event));
    on<PointerEvent>(scroller, "pointerdown", (event) => void (this.isDragged = event.target === scroller));
    on(window, "pointerup", () => void (this.isDragged = false));
    on(scroller, "scroll", () => this.scrolled());
    this.keepUp();
    return () => {
      ended.abort();
      resized.disconnect();
      this.scroller = null;
    };
  }

  toEnd = (): void => {
    this.following.value = true;
    this.keepUp();
  };

  /** The content is another one than before, or higher. */
  keepUp = (): void => {
    const { scroller } = this;
    if (!scroller) return;
    // Elements are drawn for the first time as they come into view, and have another height then: until nothing moves.
    for (let round = 0; round < 3 && this.following.peek() && this.fromEnd() > 0; round++) {
      const before = scroller.scrollTop;
      scroller.scrollTop = scroller.scrollHeight;
      if (scroller.scrollTop === before) break;
    }
    this.note();
  };

  release(): void {
    this.following.value = false;
    this.note();
  }

  private gesture(up: number): void {
    this.downAt = up < 0 ? performance.now() : -Infinity;
    if (up > 0 && this.canScrollUp()) this.release();
    // At the very end there is nothing left to scroll, and no scroll event: wanting down is enough.
    else if (up < 0 && this.fromEnd() <= AT_END_PX) this.toEnd();
  }

  private touch(y: number): void {
    const up = y - this.touchY;
    this.touchY = y;
    if (up !== 0) this.gesture(up);
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.scroller && isForText(event.target)) return;
    if (event.key === "End") this.toEnd();
    else if (UP_KEYS.has(event.key) || (event.key === " " && event.shiftKey)) this.gesture(1);
    else if (DOWN_KEYS.has(event.key)) this.gesture(-1);
  }

  private scrolled(): void {
    const { scroller } = this;
    if (!scroller) return;
    const moved = scroller.scrollTop - this.lastTop;
    if (this.isDragged && moved < -1) this.release();
    const isMeant = this.isDragged || performance.now() - this.downAt < GLIDE_MS;
    if (isMeant && moved > 0 && this.fromEnd() <= AT_END_PX) this.following.value = true;
    this.note();
  }

  private note(): void {
    if (!this.scroller) return;
    this.lastTop = this.scroller.scrollTop;
    this.away.value = !this.following.peek() && this.fromEnd() > NEAR_END_PX;
  }

  private canScrollUp(): boolean {
    return !!this.scroller && this.scroller.scrollTop > 0;
  }

  private fromEnd(): number {
    const { scroller } = this;
    return scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : 0;
  }
}

/** Keys in a field move its caret and not the page. */
const isForText = (target: EventTarget | null): boolean =>
  target instanceof Element && !!target.closest("input, textarea, select, [contenteditable]");
