import type { FunctionDefinition, Stack } from "./stack/index.ts";

/** A person who looks at a breakpoint takes longer than any function may: a day. */
const TIMEOUT_SECONDS = 86_400;
/** Every instance takes a free port, which Node.js prints; its stack traces are in the lines of the sources. */
const INSPECT = "--inspect=127.0.0.1:0 --enable-source-maps";

/**
 * The stack with an inspector in every instance of these functions, and limits
 * of time that a debugger does not reach.
 *
 * @param names keys under `resources`.
 * @throws Error if there is no such function.
 */
export function withInspector(stack: Stack, names: readonly string[]): Stack {
	const known = stack.functions.map(({ resource }) => resource);
	const unknown = names.find((name) => !known.includes(name));
	if (unknown !== undefined) {
		throw new Error(`there is no function "${unknown}" to inspect; there are: ${known.join(", ")}`);
	}
	return {
		...stack,
		functions: stack.functions.map((definition) =>
			names.includes(definition.resource) ? inspected(definition) : definition,
		),
	};
}

function inspected(definition: FunctionDefinition): FunctionDefinition {
	const { environment, initializer } = definition;
	const options = [environment["NODE_OPTIONS"], INSPECT].filter(Boolean).join(" ");
	return {
		...definition,
		timeoutSeconds: TIMEOUT_SECONDS,
		environment: { ...environment, NODE_OPTIONS: options },
		...(initializer ? { initializer: { ...initializer, timeoutSeconds: TIMEOUT_SECONDS } } : {}),
	};
}
