import type { CommandRequest } from "../command/command.ts";
import { deviceKeys } from "../command/device.ts";
import { parseCommandRequest } from "../command/request.ts";
import { type ExactJson, isExactObject, parseExact } from "../json/exact.ts";
import { Expression, ExpressionError } from "./expression.ts";
import type { DeviceEvent, Reaction } from "./reaction.ts";
import { compileTemplate, type Template } from "./template.ts";

/** A reaction with its expressions compiled, when they are first needed. */
export interface Rule {
	readonly reaction: Reaction;
	/** Whether it asks what a property was before. */
	readonly usesPrevious: boolean;
	/** @throws ExpressionError */
	holds(document: unknown): Promise<boolean>;
	/** The body of the command. @throws ExpressionError */
	render(document: unknown): Promise<ExactJson>;
}

export function toRule(reaction: Reaction): Rule {
	const { condition } = reaction.when;
	let expression: Expression | undefined;
	let template: Template | undefined;
	return {
		reaction,
		usesPrevious: /previous/.test(`${condition ?? ""} ${reaction.command}`),
		async holds(document) {
			if (condition === undefined) return true;
			expression ??= new Expression(condition);
			const value = await expression.evaluate(document).catch((error: ExpressionError) => {
				throw new ExpressionError(`condition: ${error.message}`);
			});
			if (value === undefined || typeof value === "boolean") return value === true;
			throw new ExpressionError(`condition: gives ${typeof value}, not true or false`);
		},
		async render(document) {
			template ??= compiled(reaction);
			return template.render(document);
		},
	};
}

function compiled({ command }: Reaction): Template {
	const result = compileTemplate(parseExact(command));
	if (result.ok) return result.template;
	throw result.errors[0]?.error ?? new ExpressionError("the template does not compile");
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
