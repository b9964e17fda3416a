// Shapes that several modules share. They exist for the checker alone; no browser loads this file.

import type * as form from "../verdict-form.js";

export type EngineState = "cold" | "loading" | "ready" | "running";

export interface Engine {
  state: EngineState;
  onstate: (state: EngineState) => void;
  warm(onProgress?: (loaded: number, total: number, words: string) => void): Promise<void>;
  practise(practice: { unit: string; text: string }): void;
  run(asked: { unit: string; text: string; suite: Suite; onEvent: (event: EngineEvent) => void }): Promise<Verdict>;
  program(text: string): Promise<{ printed: string; error: string; line: number }>;
  explore(story: { unit: string; text: string; replay: string }): Promise<PromiseResult>;
  stop(): void;
}

export type EngineEvent =
  { kind: "started"; promise: { id: string; text: string } } | { kind: "promise"; promise: PromiseResult };

/** What the judge says, in its own form: see `verdict-form.js`. */
export type Suite = form.Verdict["suite"];
export type Status = form.PromiseResult["status"];
export type StoryEvent = form.Event;
export type Way = form.Way;

/** A promise, with its timeline as a drawing. */
export interface PromiseResult extends form.PromiseResult {
  svg?: string;
  timeline_svg?: string;
}

export interface Verdict extends Omit<form.Verdict, "promises"> {
  promises: PromiseResult[];
}

/** What a page knows of a unit: written when the site is built, one file a unit. */
export interface UnitData {
  slug: string;
  number: number;
  title: string;
  file: string;
  stub: string;
  command: string;
  promises: { id: string; text: string }[];
  hints: { title: string; html: string }[];
  learned: string;
  next: { number: number; title: string; page: string } | null;
  task: { title: string; html: string }[];
  examples: { id: string; text: string }[];
}

/** A learner's text, and the stub that they began from. */
export interface Work {
  text: string;
  stub: string;
  file: string;
  writer: string;
  saved_at: string;
}

/** A text that was put aside, never thrown away unasked. */
export interface Kept {
  text: string;
  why: string;
  writer: string;
  at: string;
}

/** The same words as in the terminal's progress.json; `tried` names the texts that were run here. */
export interface UnitProgress {
  first_solved_at: string;
  attempts: number;
  hints_seen: number;
  peeked: boolean;
  last_graded_sha256: string;
  tried: string[];
}
