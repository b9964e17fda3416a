// Shapes that several modules share. They exist for the checker alone; no browser loads this file.

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

export interface StoryEvent {
  at_s: number;
  who: string;
  what: string;
  fault: boolean;
  kind?: string;
  to?: string;
}

/** How a story could have gone on instead, after its first `at` events. */
export interface Way {
  at: number;
  words: string;
  replay: string;
  chosen: boolean;
}

export type Status =
  | "kept"
  | "broken"
  | "not_proved"
  | "not_reached"
  | "out_of_time"
  | "out_of_memory"
  | "too_much_output"
  | "checker_fault";

export interface PromiseResult {
  id: string;
  text: string;
  status: Status;
  saw: string;
  rule: string;
  ask: string;
  frames: { line: number; function: string; text: string }[];
  stories: number;
  replay: string;
  faults: number;
  timeline: StoryEvent[];
  calm: StoryEvent[];
  note: string;
  output: string;
  ways?: Way[];
  svg?: string;
  timeline_svg?: string;
}

export interface Verdict {
  unit: string;
  passed: boolean;
  seconds: number;
  stories: number;
  promises: PromiseResult[];
  misconception: { name: string; words: string } | null;
  fault: string;
  suite?: Suite;
}

export type Suite = "hidden" | "examples";

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
