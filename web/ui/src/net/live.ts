/**
 * One WebSocket for the page. It comes back by itself and asks for exactly what it has missed.
 *
 * Its handler only queues: frames are handed over once a frame of the screen (once a second while the tab is hidden),
 * so that drawing follows the screen and not the stream.
 */

import { signal } from "@preact/signals";
import type { Frame, Resync, SocketError, Subscribed } from "../wire/types";

export type Connection = "connecting" | "live" | "lost";
/** `resync` of a durable topic needs nothing done; of another one, fetch again what it tells of. */
export type Heard = Frame | Subscribed | Resync | SocketError;
export type Handler = (frames: Heard[]) => void;

const RETRY_MS = [250, 500, 1000, 2000, 4000];
const PING_MS = 15_000;
const SILENCE_MS = 40_000;
const HIDDEN_MS = 1_000;

interface Topic {
  since: number | null;
  handler: Handler;
  queue: Heard[];
}

export const connection = signal<Connection>("connecting");
/** Counts the times that the socket came back: whoever shows what is only hinted at fetches it again. */
export const reconnections = signal(0);

export class Live {
  private readonly topics = new Map<string, Topic>();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private drainTimer: ReturnType<typeof setTimeout> | undefined;
  private frameAsked = 0;
  private tries = 0;
  private heardAt = 0;
  private wasOpen = false;

  start(): void {
    addEventListener("online", this.wake);
    addEventListener("offline", this.check);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.drain();
      this.wake();
    });
    setInterval(this.beat, PING_MS);
    this.connect();
  }

  /** `since`: "I have everything up to it"; null: only what comes from now on. One handler a topic. Returns its end. */
  follow(topic: string, since: number | null, handler: Handler): () => void {
    const entry: Topic = { since, handler, queue: [] };
    this.topics.set(topic, entry);
    this.subscribe(topic, entry);
    return () => {
      if (this.topics.get(topic) !== entry) return;
      this.topics.delete(topic);
      this.send({ type: "unsubscribe", topic });
    };
  }

  /** For tests and for a person who does not want to wait: the socket is dropped and made anew. */
  drop = (): void => {
    const old = this.socket;
    this.connect();
    old?.close();
  };

  private connect(): void {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/ws`);
    this.socket = socket;
    socket.onopen = () => {
      this.heardAt = Date.now();
      this.tries = 0;
      for (const [topic, entry] of this.topics) this.subscribe(topic, entry);
      if (this.wasOpen) reconnections.value += 1;
      this.wasOpen = true;
      connection.value = "live";
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.heardAt = Date.now();
      const value = JSON.parse(event.data) as Heard | Heard[];
      if (Array.isArray(value)) value.forEach(this.queue);
      else this.queue(value);
      this.askForDrain();
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      connection.value = "lost";
      const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] ?? 4000;
      this.timer = setTimeout(() => this.connect(), wait * (0.8 + Math.random() * 0.4));
    };
  }

  /** The network or the person is back: do not wait for the timer. */
  private wake = (): void => {
    if (!this.socket || this.socket.readyState > WebSocket.OPEN) this.connect();
    else this.check();
  };

  private check = (): void => {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.heardAt > SILENCE_MS) this.drop();
    else this.send({ type: "ping" });
  };

  private beat = (): void => this.check();

  private queue = (frame: Heard): void => {
    const topic = frame.topic === null || frame.topic === undefined ? undefined : this.topics.get(frame.topic);
    if (!topic) return;
    if ("seq" in frame) {
      if (topic.since !== null && frame.seq <= topic.since) return; // known already
      topic.since = frame.seq;
    } else if (frame.type === "subscribed") {
      // Of a topic that is only hinted at, a server that was restarted counts anew.
      if (topic.since === null || frame.last_seq < topic.since) topic.since = frame.last_seq;
    } else if (frame.type === "resync" && (topic.since === null || frame.last_seq < topic.since)) {
      topic.since = frame.last_seq;
    }
    topic.queue.push(frame);
  };

  private askForDrain(): void {
    if (document.hidden) {
      this.drainTimer ??= setTimeout(this.drain, HIDDEN_MS);
    } else if (!this.frameAsked) {
      this.frameAsked = requestAnimationFrame(this.drain);
    }
  }

  private drain = (): void => {
    clearTimeout(this.drainTimer);
    cancelAnimationFrame(this.frameAsked);
    this.drainTimer = undefined;
    this.frameAsked = 0;
    for (const topic of this.topics.values()) {
      if (!topic.queue.length) continue;
      const frames = topic.queue;
      topic.queue = [];
      topic.handler(frames);
    }
  };

  private subscribe(topic: string, entry: Topic): void {
    this.send({ type: "subscribe", topic, ...(entry.since === null ? {} : { since: entry.since }) });
  }

  private send(value: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(value));
  }
}

export const live = new Live();
