import type { CommandRequest } from "../command/command.ts";
import { deviceKeys } from "../command/device.ts";
import { parseCommandRequest } from "../command/request.ts";
import { type ExactJson, type ExactObject, isExactObject, parseExact } from "../json/exact.ts";
import type { BatchBudget } from "./budget.ts";
import { Expression, ExpressionError, namesOf, Run } from "./expression.ts";
import type { DeviceEvent, Reaction } from "./reaction.ts";
import { compileTemplate, type Template } from "./template.ts";

/** A reaction whose expressions are compiled when they are first needed. */
export interface Rule {
	readonly reaction: Reaction;
	/** Why it can do nothing at all: it was stored by a version that took other expressions. */
	readonly broken: string | undefined;
	/** Whether it asks what a property was before. */
	readonly usesPrevious: boolean;
	/** @throws ExpressionError */
	holds(document: ExactObject, budget: BatchBudget): boolean;
	/** The body of the command. @throws ExpressionError */
	render(document: ExactObject, budget: BatchBudget): ExactJson;
}

export function toRule(reaction: Reaction): Rule {
	const { id } = reaction;
	let compiled: Compiled | undefined;
	const parts = () => {
		compiled ??= compile(reaction);
		if (compiled.ok) return compiled;
		throw new ExpressionError(compiled.problem);
	};
	return {
		reaction,
		get broken() {
			compiled ??= compile(reaction);
			return compiled.ok ? undefined : compiled.problem;
		},
		usesPrevious: /previous/.test(`${reaction.when.condition ?? ""} ${reaction.command}`),
		holds(document, budget) {
			const { condition } = parts();
			if (!condition) return true;
			return within(budget, id, document, "condition: ", (run) => condition.holds(run));
		},
		render(document, budget) {
			const { template } = parts();
			return within(budget, id, document, "/do", (run) => template.render(run));
		},
	};
}

/** One evaluation, of which the budget hears what it has taken. */
function within<T>(
	budget: BatchBudget,
	id: string,
	document: ExactObject,
	where: string,
	evaluate: (run: Run) => T,
): T {
	const run = new Run(document, budget.limit(id));
	try {
		return evaluate(run);
	} catch (error) {
		if (!(error instanceof ExpressionError)) throw error;
		throw new ExpressionError(`${where}${error.message}`);
	} finally {
		budget.spend(id, run.steps);
	}
}

type Compiled =
	| { readonly ok: true; readonly condition: Expression | undefined; readonly template: Template }
	| { readonly ok: false; readonly problem: string };

function compile({ when, command }: Reaction): Compiled {
	const { source, condition } = when;
	try {
		const names = namesOf(source);
		const expression = condition === undefined ? undefined : new Expression(condition, names);
		const result = compileTemplate(parseExact(command), names);
		if (result.ok) return { ok: true, condition: expression, template: result.template };
		const problems = result.errors.map(({ pointer, error }) => `/do${pointer}: ${error.message}`);
		return { ok: false, problem: problems.join("; ") };
	} catch (error) {
		if (error instanceof SyntaxError) return { ok: false, problem: `/do: ${error.message}` };
		if (!(error instanceof ExpressionError)) throw error;
		return { ok: false, problem: `condition: ${error.message}` };
	}
}

/** The command that a rendered template is; to the event's device, if it names none. @throws ExpressionError */
export function toRequest(body: ExactJson, event: DeviceEvent): CommandRequest {
	const withDevice =
		isExactObject(body) && body["device"] === undefined && deviceKeys(event.device).length > 0
			? { device: { ...event.device }, ...body }
			: body;
	const parsed = parseCommandRequest(withDevice);
	if (parsed.ok) return parsed.value;
	const reasons = parsed.errors.map(({ pointer, detail }) => `/do${pointer}: ${detail}`);
	throw new ExpressionError(`gives no command: ${reasons.join("; ")}`);
}
