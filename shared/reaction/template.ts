import {
	type ExactJson,
	exactNumber,
	isExactNumber,
	isExactObject,
	parseExact,
	stringifyExact,
} from "../json/exact.ts";
import { Expression, ExpressionError } from "./expression.ts";

/** A command whose strings may be `{% expression %}`: rendered with an event, it is a body of `POST /v1/commands`. */
export interface Template {
	render(document: unknown): Promise<ExactJson>;
}

const WRAPPED = /^\{%([\s\S]*)%\}$/;

/** The expression in a string that is one; undefined for any other value. */
function expressionIn(value: ExactJson | undefined): string | undefined {
	return typeof value === "string" ? WRAPPED.exec(value)?.[1] : undefined;
}

export interface PlacedError {
	/** JSON pointer of the string within the template. */
	readonly pointer: string;
	readonly error: ExpressionError;
}

type Part =
	| { readonly kind: "value"; readonly value: ExactJson }
	| { readonly kind: "expression"; readonly expression: Expression; readonly pointer: string }
	| { readonly kind: "list"; readonly items: readonly Part[] }
	| { readonly kind: "object"; readonly fields: ReadonlyArray<readonly [string, Part]> };

/** Compiles every expression in a template; of those that do not compile, each is named. */
export function compileTemplate(
	body: ExactJson,
):
	| { readonly ok: true; readonly template: Template }
	| { readonly ok: false; readonly errors: readonly PlacedError[] } {
	const errors: PlacedError[] = [];
	const part = compile(body, "", errors);
	if (errors.length > 0) return { ok: false, errors };
	return {
		ok: true,
		template: { render: async (document) => (await render(part, document)) ?? null },
	};
}

function compile(value: ExactJson, pointer: string, errors: PlacedError[]): Part {
	const text = expressionIn(value);
	if (text !== undefined) {
		try {
			return { kind: "expression", expression: new Expression(text), pointer };
		} catch (error) {
			if (!(error instanceof ExpressionError)) throw error;
			errors.push({ pointer, error });
		}
	}
	if (Array.isArray(value)) {
		const items = value.map((item: ExactJson, at) => compile(item, `${pointer}/${at}`, errors));
		return { kind: "list", items };
	}
	if (isExactObject(value)) {
		const fields = Object.entries(value).map(([name, item]) => {
			const escaped = name.replace(/~/g, "~0").replace(/\//g, "~1");
			return [name, compile(item, `${pointer}/${escaped}`, errors)] as const;
		});
		return { kind: "object", fields };
	}
	return { kind: "value", value };
}

/** A field whose expression gives nothing is left out. */
async function render(part: Part, document: unknown): Promise<ExactJson | undefined> {
	switch (part.kind) {
		case "value":
			return part.value;
		case "expression":
			try {
				return toExact(await part.expression.evaluate(document));
			} catch (error) {
				throw new ExpressionError(`${part.pointer}: ${(error as Error).message}`);
			}
		case "list": {
			const items: ExactJson[] = [];
			for (const item of part.items) items.push((await render(item, document)) ?? null);
			return items;
		}
		case "object": {
			const fields: [string, ExactJson][] = [];
			for (const [name, item] of part.fields) {
				const value = await render(item, document);
				if (value !== undefined) fields.push([name, value]);
			}
			return Object.fromEntries(fields);
		}
	}
}

/** A whole number beyond 2^53 has lost digits before an expression saw it; all others are written as they are. */
function toExact(value: unknown): ExactJson | undefined {
	if (value === undefined) return undefined;
	return typeof value === "number" ? exactNumber(String(value)) : parseExact(JSON.stringify(value));
}

/** Whether any string of it is an expression. */
export function holdsExpression(value: ExactJson | undefined): boolean {
	if (value === undefined || value === null || isExactNumber(value)) return false;
	if (typeof value === "string") return expressionIn(value) !== undefined;
	return typeof value === "object" && Object.values(value).some(holdsExpression);
}

export const templateText = (body: ExactJson): string => stringifyExact(body);
