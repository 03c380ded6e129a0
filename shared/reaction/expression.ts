import jsonata from "jsonata";

/** Nodes of the expression that one evaluation may visit: a few milliseconds. */
const MAX_STEPS = 10_000;
/** Behind the steps, for what a single step may take. */
const MAX_MS = 1_000;
const MAX_DEPTH = 100;
const MAX_ITEMS = 1_000;
/** No text that an expression makes on its way may be longer than a message. */
const MAX_TEXT_LENGTH = 64 * 1024;
const MAX_EXPRESSION_LENGTH = 4_096;

/**
 * Functions that see more than the event (clock, chance), that compile text at
 * run time, or whose single step has no bound.
 */
const REFUSED_FUNCTIONS = new Set(["now", "millis", "random", "shuffle", "eval", "pad"]);

const ENTRY = Symbol.for("jsonata.__evaluate_entry");
const EXIT = Symbol.for("jsonata.__evaluate_exit");

/** Why an expression does not compile, or has no value. */
export class ExpressionError extends Error {
	override readonly name = "ExpressionError";
	/** Characters from the beginning of the expression; absent where the library gives none. */
	readonly position: number | undefined;

	constructor(message: string, position?: number) {
		super(position === undefined ? message : `${message} (at character ${position})`);
		this.position = position;
	}
}

/** One evaluation after the other: interleaved, each would be charged the others' time. */
let last: Promise<unknown> = Promise.resolve();

/** A JSONata expression that sees its event and nothing else, within limits of time, depth and size. */
export class Expression {
	readonly #compiled: jsonata.Expression;
	#steps = 0;

	/** @throws ExpressionError with the position of what is wrong. */
	constructor(text: string) {
		if (text.length > MAX_EXPRESSION_LENGTH) {
			throw new ExpressionError(`is longer than ${MAX_EXPRESSION_LENGTH} characters`);
		}
		try {
			this.#compiled = jsonata(text, { timeout: MAX_MS, stack: MAX_DEPTH, sequence: MAX_ITEMS });
		} catch (error) {
			throw fromLibrary(error);
		}
		refuse(this.#compiled.ast());
		this.#bind(ENTRY, () => {
			if (++this.#steps > MAX_STEPS)
				throw new ExpressionError(`takes more than ${MAX_STEPS} steps`);
		});
		this.#bind(EXIT, (_node: unknown, _input: unknown, _scope: unknown, result: unknown) =>
			checkSize(result),
		);
	}

	/** @throws ExpressionError if it fails or meets a limit. */
	evaluate(document: unknown): Promise<unknown> {
		const result = last.then(async () => {
			this.#steps = 0;
			try {
				return plain(await this.#compiled.evaluate(document));
			} catch (error) {
				throw error instanceof ExpressionError ? error : fromLibrary(error);
			}
		});
		last = result.catch(() => {});
		return result;
	}

	/** Its declarations leave out that names may be symbols, which its own documentation of these two uses. */
	#bind(name: symbol, hook: (...args: unknown[]) => void): void {
		const target: { assign(name: unknown, value: unknown): void } = this.#compiled;
		target.assign(name, hook);
	}
}

function checkSize(result: unknown): void {
	if (typeof result === "string" && result.length > MAX_TEXT_LENGTH) {
		throw new ExpressionError(`makes a text of more than ${MAX_TEXT_LENGTH} characters`);
	}
	if (Array.isArray(result) && result.length > MAX_ITEMS) {
		throw new ExpressionError(`makes a list of more than ${MAX_ITEMS} items`);
	}
}

/** Its lists carry marks of their own; a result is plain JSON, or undefined. */
function plain(value: unknown): unknown {
	if (value === undefined || value === null) return value;
	if (isFunction(value)) throw new ExpressionError("gives a function");
	const text = JSON.stringify(value);
	if (text === undefined) throw new ExpressionError("gives nothing that JSON can hold");
	if (text.length > MAX_TEXT_LENGTH) {
		throw new ExpressionError(`gives more than ${MAX_TEXT_LENGTH} characters`);
	}
	return typeof value === "object" ? JSON.parse(text) : value;
}

/** Its own functions are objects with a mark. */
const isFunction = (value: unknown): boolean =>
	typeof value === "function" ||
	(typeof value === "object" &&
		value !== null &&
		("_jsonata_function" in value || "_jsonata_lambda" in value));

/** Walks the whole tree, whatever its nodes are called. */
function refuse(node: unknown, seen = new Set<object>()): void {
	if (typeof node !== "object" || node === null || seen.has(node)) return;
	seen.add(node);
	const { type, value, position } = node as { type?: string; value?: unknown; position?: number };
	if (type === "regex") {
		throw new ExpressionError(
			"regular expressions have no limit of time and are not taken",
			position,
		);
	}
	if (type === "variable" && REFUSED_FUNCTIONS.has(String(value))) {
		throw new ExpressionError(`$${value} is not available here`, position);
	}
	for (const child of Object.values(node)) refuse(child, seen);
}

function fromLibrary(error: unknown): ExpressionError {
	const { message, code, position } = error as Partial<jsonata.JsonataError>;
	if (code === "D1011") return new ExpressionError(`nests deeper than ${MAX_DEPTH} levels`);
	if (code === "D1012") return new ExpressionError(`takes longer than ${MAX_MS} ms`);
	if (code === "D2015") return new ExpressionError(`makes a list of more than ${MAX_ITEMS} items`);
	return new ExpressionError(`${code ? `${code}: ` : ""}${message ?? String(error)}`, position);
}
