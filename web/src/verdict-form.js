// The form of a verdict, made from its classes by `python -P -m halfway.grading.form`.

/**
 * @typedef {object} Frame
 * @property {number} line
 * @property {string} function
 * @property {string} text
 */

/**
 * @typedef {object} Event
 * @property {number} at_s Virtual time.
 * @property {string} who The lane.
 * @property {string} what
 * @property {boolean} fault
 * @property {string} kind What it is to whoever draws it.
 * @property {string} to The lane that it goes to, comes from, or goes wrong at.
 */

/**
 * @typedef {object} Way
 * @property {number} at After how many events of the story.
 * @property {string} words
 * @property {string} replay Tells that story.
 * @property {boolean} chosen True for what did happen; `replay` leaves it out.
 */

/**
 * @typedef {object} Misconception
 * @property {string} name
 * @property {string} words
 */

/**
 * @typedef {object} PromiseResult
 * @property {string} id The name of the test.
 * @property {string} text The promise as a sentence.
 * @property {"kept" | "broken" | "not_proved" | "not_reached" | "out_of_time" | "out_of_memory" | "too_much_output" | "checker_fault"} status
 * @property {string} saw Facts with data.
 * @property {string} rule The boundary, in general words.
 * @property {string} ask A question whose answer is the fix.
 * @property {Frame[]} frames Lines of the learner's own, outermost first.
 * @property {number} stories Stories that this promise looked at.
 * @property {string} replay Tells the smallest story again: `halfway grade UNIT --replay STRING`.
 * @property {number} faults Faults in the smallest story.
 * @property {Event[]} timeline The smallest story in which the promise breaks.
 * @property {Event[]} calm The same story without the fault, up to the first difference.
 * @property {string} note
 * @property {string} output What the learner's code printed, bounded.
 * @property {Way[]} ways What else could have happened; told where one story was asked for.
 */

/**
 * @typedef {object} Verdict
 * @property {3} schema The version of this form.
 * @property {boolean} passed True if every promise is kept and the checker was sound.
 * @property {string} unit
 * @property {string} file What was graded: relative to the course, or a name alone.
 * @property {string} sha256 Of the file; empty if there was none.
 * @property {string} python The version of Python that ran it.
 * @property {string} halfway The version of the grader.
 * @property {string[]} seeds What secret names and orders were drawn from; empty where they are public.
 * @property {number} seconds Real time.
 * @property {number} stories How often a promise looked at a story, all promises together.
 * @property {PromiseResult[]} promises
 * @property {Misconception | null} misconception
 * @property {string} fault The checker's own fault, or empty.
 * @property {"hidden" | "examples"} suite
 * @property {string[]} unusual What the file imports that no unit needs; listed where submissions are confined.
 */

export const SCHEMA = 3;
