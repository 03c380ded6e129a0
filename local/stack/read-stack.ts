import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";
import { functionProps, toFunction } from "./function-schema.ts";
import { interpolate } from "./interpolate.ts";
import { joinPath, type Mistake, StackError } from "./mistakes.ts";
import type { FunctionDefinition, Stack } from "./model.ts";

export interface StackSources {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** `${config('AccountID')}` */
	readonly accountId: string;
	/** Where the functions run; every function's `region` must be this one. */
	readonly region: string;
}

const documentSchema = z.strictObject({
	edition: z.literal("3.0.0"),
	name: z.string().min(1),
	access: z.string().optional(),
	vars: z.record(z.string(), z.unknown()).optional(),
	resources: z.record(
		z.string(),
		z.strictObject({
			component: z.string().regex(/^fc3(@[\w.-]+)?$/, "must be fc3, or fc3@ and a version"),
			access: z.string().optional(),
			actions: z.unknown().optional(),
			props: functionProps,
		}),
	),
});

/**
 * Reads s.yaml (Serverless Devs, edition 3.0.0, component fc3).
 *
 * @throws StackError with every mistake found, each with its path in the file.
 */
export function readStack(path: string, sources: StackSources): Stack {
	const file = basename(path);
	const yaml = parseDocument(readFileSync(path, "utf8"), { merge: true });
	// The first error makes most of the further ones.
	const syntax = yaml.errors.slice(0, 1).map((error) => ({ path: "", message: error.message }));
	if (syntax.length > 0) throw new StackError(file, syntax);

	const { value, mistakes } = interpolate(yaml.toJS(), {
		env: sources.env,
		config: { AccountID: sources.accountId },
	});
	const parsed = documentSchema.safeParse(value);
	if (mistakes.length > 0 || !parsed.success) {
		const unresolved = new Set(mistakes.map((mistake) => mistake.path));
		const issues = parsed.success ? [] : parsed.error.issues.flatMap(toMistakes);
		// What was not resolved is not blamed a second time for having no value.
		throw new StackError(file, [
			...mistakes,
			...issues.filter((issue) => !unresolved.has(issue.path)),
		]);
	}
	const functions = Object.entries(parsed.data.resources).map(([name, resource]) =>
		toFunction(name, resource.props),
	);
	const regions = Object.entries(parsed.data.resources)
		.filter(([, resource]) => resource.props.region !== sources.region)
		.map(([name, resource]) => ({
			path: `resources.${name}.props.region`,
			message: `is ${resource.props.region}, the account is in ${sources.region}`,
		}));
	const together = [...regions, ...checkTogether(functions)];
	if (together.length > 0) throw new StackError(file, together);
	return { name: parsed.data.name, region: sources.region, functions };
}

function checkTogether(functions: readonly FunctionDefinition[]): Mistake[] {
	const mistakes: Mistake[] = [];
	const names = new Set<string>();
	for (const definition of functions) {
		const at = `resources.${definition.resource}.props`;
		if (names.has(definition.functionName)) {
			mistakes.push({ path: `${at}.functionName`, message: "is the name of another function" });
		}
		names.add(definition.functionName);
		const triggers = definition.triggers.map((trigger) => trigger.name);
		if (new Set(triggers).size !== triggers.length) {
			mistakes.push({ path: `${at}.triggers`, message: "two triggers have the same name" });
		}
	}
	for (const { resource, async } of functions) {
		for (const key of ["onSuccess", "onFailure"] as const) {
			const target = async[key];
			if (target?.type === "function" && !names.has(target.functionName)) {
				mistakes.push({
					path: `resources.${resource}.props.asyncInvokeConfig.destinationConfig.${key}.destination`,
					message: `there is no function ${target.functionName}`,
				});
			}
		}
	}
	return mistakes;
}

function toMistakes(issue: z.core.$ZodIssue): Mistake[] {
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => ({
			path: joinPath([...issue.path, key]),
			message: "is not a known key",
		}));
	}
	return [{ path: joinPath(issue.path), message: issue.message }];
}
