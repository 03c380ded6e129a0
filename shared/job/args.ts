import type { Command } from "../command/command.ts";
import type { FieldError } from "../command/request.ts";
import { type ExactJson, type ExactObject, parseExact, stringifyExact } from "../json/exact.ts";
import { ExpressionError, Run } from "../reaction/expression.ts";
import { compileTemplate, holdsExpression, type Template } from "../reaction/template.ts";
import type { Device } from "../registry/device.ts";
import type { TargetDevice } from "./job.ts";

const KNOWN = ["productKey", "deviceName", "iotId", "nickname", "tags", "groups", "status"];
const NAMES = {
	has: (name: string) => KNOWN.includes(name),
	known: `a device has ${KNOWN.join(", ")}`,
};

/** What is wrong with the expressions in a job's arguments; pointers begin at the arguments. */
export function argsErrors(args: ExactJson | undefined): FieldError[] {
	if (args === undefined || !holdsExpression(args)) return [];
	const compiled = compileTemplate(args, NAMES);
	if (compiled.ok) return [];
	return compiled.errors.map(({ pointer, error }) => ({ pointer, detail: error.message }));
}

type Rendered =
	| { readonly ok: true; readonly args: string }
	| { readonly ok: false; readonly error: NonNullable<Command["error"]> };

/** The arguments of each device: the same for all, or calculated from what the registry knows of it. */
export interface JobArgs {
	readonly perDevice: boolean;
	of(target: TargetDevice, known: Device | undefined): Rendered;
}

export function jobArgs({ args, argsForm }: Pick<Command, "args" | "argsForm">): JobArgs {
	const template = argsForm === "json" ? templateIn(args) : undefined;
	if (!template) return { perDevice: false, of: () => ({ ok: true, args }) };
	return {
		perDevice: true,
		of(target, known) {
			try {
				const rendered = template.render(new Run(documentOf(target, known)));
				return { ok: true, args: stringifyExact(rendered) };
			} catch (error) {
				if (!(error instanceof ExpressionError)) throw error;
				return { ok: false, error: { code: "InvalidArgs", message: `args${error.message}` } };
			}
		},
	};
}

function templateIn(args: string): Template | undefined {
	const parsed = parseExact(args);
	if (!holdsExpression(parsed)) return undefined;
	const compiled = compileTemplate(parsed, NAMES);
	if (compiled.ok) return compiled.template;
	const [first] = compiled.errors;
	const error = new ExpressionError(`${first?.pointer}: ${first?.error.message}`);
	return {
		render: () => {
			throw error;
		},
	};
}

function documentOf(target: TargetDevice, known: Device | undefined): ExactObject {
	return {
		...target,
		...(known
			? { iotId: known.iotId ?? null, nickname: known.nickname ?? null, status: known.status }
			: {}),
		tags: { ...known?.tags },
		groups: [...(known?.groups ?? [])],
	};
}
