import * as z from "zod";

/** A day: what is to last longer has no `seconds`. */
const MAX_SECONDS = 86_400;
const MAX_OPERATIONS = 50;

const seconds = z.number().positive().max(MAX_SECONDS);

/** What the kinds of faults may be given. Times are by the local cloud's clock. */
export const parameters = {
	/** It ends by itself after this time; else it lasts until it is cleared. */
	seconds: seconds.optional(),
	/** Where it has to end by itself. */
	requiredSeconds: seconds,
	/** Part of the requests that it strikes, 0 to 1; all of them by default. */
	share: z.number().min(0).max(1).default(1),
	/** The operations that it strikes; all of them by default. */
	operations: z.array(z.string()).min(1).max(MAX_OPERATIONS).optional(),
	/** Error code that is answered. */
	code: z.string().min(1).max(100),
	/** HTTP status that is answered. */
	status: z.number().int().min(400).max(599),
	/** Milliseconds of the local cloud's clock. */
	ms: z.number().positive(),
	/** Name of the one device that it concerns; all simulated ones by default. */
	device: z.string().optional(),
} as const;

/** What a fault did when it was started. */
export interface Effect {
	/** For people. */
	readonly detail: string;
	/** Ends it; without it the fault was over at once. */
	readonly end?: () => void;
	/** When it ends by itself. */
	readonly seconds?: number | undefined;
}

/** One thing that can go wrong on purpose. */
export interface FaultKind {
	/** A verb and what it befalls: `stall tablestore`. */
	readonly name: string;
	readonly does: string;
	/** The names of its parameters, `seconds?` where it may be left out. */
	readonly takes: readonly string[];
	/** @throws z.ZodError if the parameters are not its own. */
	readonly start: (given: unknown) => Promise<Effect>;
}

/** A kind whose parameters are checked strictly before it starts. */
export function kind<Shape extends z.ZodRawShape>(
	name: string,
	does: string,
	shape: Shape,
	start: (given: z.output<z.ZodObject<Shape>>) => Effect | Promise<Effect>,
): FaultKind {
	const schema = z.strictObject(shape);
	const takes = Object.entries(shape).map(([key, part]) =>
		z.safeParse(part, undefined).success ? `${key}?` : key,
	);
	return {
		name,
		does,
		takes,
		start: async (given) => start(schema.parse(given) as z.output<z.ZodObject<Shape>>),
	};
}
