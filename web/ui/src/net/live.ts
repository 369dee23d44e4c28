/**
 * One WebSocket for the page. It comes back by itself and asks for exactly what it has missed.
 *
 * Its handler only queues: frames are handed over once a frame of the screen (once a second while the tab is hidden),
 * so that drawing follows the screen and not the stream.
 */

import { signal } from "@preact/signals";
import type { Frame, Resync, SocketError, Subscribed, Unsubscribed } from "../wire/types";

export type Connection = "connecting" | "live" | "lost";
/** `resync` of a durable topic needs nothing done; of another one, fetch again what it tells of. */
export type Heard = Frame | Subscribed | Resync | SocketError;
export type Handler = (frames: Heard[]) => void;
type Said = Heard | Unsubscribed;

const RETRY_MS = [250, 500, 1000, 2000, 4000];
const PING_MS = 15_000;
const PONG_MS = 10_000;
const HIDDEN_MS = 1_000;

interface Topic {
  since: number | null;
  handler: Handler;
  queue: Heard[];
  /** What comes before the answer to our own subscription belongs to an earlier one, and would hide what is missing. */
  isJoined: boolean;
}

export const connection = signal<Connection>("connecting");
/** Counts the times that the socket came back: whoever shows what is only hinted at fetches it again. */
export const reconnections = signal(0);

export class Live {
  private readonly topics = new Map<string, Topic>();
  /** How many `unsubscribed` are still to come, by topic. */
  private readonly leaving = new Map<string, number>();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private drainTimer: ReturnType<typeof setTimeout> | undefined;
  private frameAsked = 0;
  private tries = 0;
  private heardAt = 0;
  private pingedAt = 0;
  private wasOpen = false;

  start(): void {
    addEventListener("online", this.wake);
    addEventListener("offline", this.check);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.drain();
      this.wake();
    });
    setInterval(this.check, PING_MS);
    this.connect();
  }

  /** `since`: "I have everything up to it"; null: only what comes from now on. One handler a topic. Returns its end. */
  follow(topic: string, since: number | null, handler: Handler): () => void {
    if (this.topics.has(topic)) this.leave(topic);
    const entry: Topic = { since, handler, queue: [], isJoined: false };
    this.topics.set(topic, entry);
    this.subscribe(topic, entry);
    return () => {
      if (this.topics.get(topic) === entry) this.leave(topic);
    };
  }

  private leave(topic: string): void {
    this.topics.delete(topic);
    if (this.send({ type: "unsubscribe", topic })) this.leaving.set(topic, (this.leaving.get(topic) ?? 0) + 1);
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
      this.leaving.clear();
      for (const [topic, entry] of this.topics) this.subscribe(topic, entry);
      if (this.wasOpen) reconnections.value += 1;
      this.wasOpen = true;
      connection.value = "live";
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.heardAt = Date.now();
      const value = JSON.parse(event.data) as Said | Said[];
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

  /** The timers of a hidden tab are slow: silence counts from a question of ours, not from the last word. */
  private check = (): void => {
    if (this.pingedAt > this.heardAt || !this.send({ type: "ping" })) return;
    this.pingedAt = Date.now();
    const { socket } = this;
    setTimeout(() => {
      if (this.socket === socket && this.pingedAt > this.heardAt) this.drop();
    }, PONG_MS);
  };

  private queue = (frame: Said): void => {
    if (frame.topic === null || frame.topic === undefined) return;
    const leaving = this.leaving.get(frame.topic) ?? 0;
    if (frame.type === "unsubscribed") {
      if (leaving > 1) this.leaving.set(frame.topic, leaving - 1);
      else this.leaving.delete(frame.topic);
      return;
    }
    const topic = this.topics.get(frame.topic);
    if (!topic || leaving) return;
    if (frame.type === "subscribed" || frame.type === "error") topic.isJoined = true;
    else if (!topic.isJoined) return;
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
    for (const [name, topic] of this.topics) if (topic.queue.length) this.handOver(name, topic);
  };

  private handOver(name: string, topic: Topic): void {
    const frames = topic.queue;
    topic.queue = [];
    try {
      topic.handler(frames);
    } catch (error) {
      // The others get theirs. The handler is not asked again with the same frames: it would fail again.
      reportError(error instanceof Error ? new Error(`${name}: ${error.message}`, { cause: error }) : error);
    }
  }

  private subscribe(topic: string, entry: Topic): void {
    entry.isJoined = false;
    this.send({ type: "subscribe", topic, ...(entry.since === null ? {} : { since: entry.since }) });
  }

  /** False: there is no open socket. */
  private send(value: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(value));
    return true;
  }
}

export const live = new Live();
