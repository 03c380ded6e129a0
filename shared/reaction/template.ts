import {
	depthOf,
	type ExactJson,
	isExactNumber,
	isExactObject,
	MAX_DEPTH,
	stringifyExact,
} from "../json/exact.ts";
import type { Names } from "./expression/names.ts";
import { Expression, ExpressionError, type Run } from "./expression.ts";

/** A command whose strings may be `{% expression %}`: rendered with an event, it is a body of `POST /v1/commands`. */
export interface Template {
	/** @throws ExpressionError that begins with the pointer of what failed. */
	render(run: Run): ExactJson;
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
	names: Names,
):
	| { readonly ok: true; readonly template: Template }
	| { readonly ok: false; readonly errors: readonly PlacedError[] } {
	const errors: PlacedError[] = [];
	const part = compile(body, "", names, errors);
	if (errors.length > 0) return { ok: false, errors };
	return {
		ok: true,
		template: {
			render(run) {
				const rendered = render(part, run) ?? null;
				if (depthOf(rendered) <= MAX_DEPTH) return rendered;
				throw new ExpressionError(`: is nested more than ${MAX_DEPTH} levels deep`);
			},
		},
	};
}

function compile(value: ExactJson, pointer: string, names: Names, errors: PlacedError[]): Part {
	const text = expressionIn(value);
	if (text !== undefined) {
		try {
			return { kind: "expression", expression: new Expression(text, names), pointer };
		} catch (error) {
			if (!(error instanceof ExpressionError)) throw error;
			errors.push({ pointer, error });
		}
	}
	if (Array.isArray(value)) {
		const items = value.map((item: ExactJson, at) =>
			compile(item, `${pointer}/${at}`, names, errors),
		);
		return { kind: "list", items };
	}
	if (isExactObject(value)) {
		const fields = Object.entries(value).map(([name, item]) => {
			const escaped = name.replace(/~/g, "~0").replace(/\//g, "~1");
			return [name, compile(item, `${pointer}/${escaped}`, names, errors)] as const;
		});
		return { kind: "object", fields };
	}
	return { kind: "value", value };
}

/** A field whose expression gives nothing is left out. */
function render(part: Part, run: Run): ExactJson | undefined {
	switch (part.kind) {
		case "value":
			return part.value;
		case "expression":
			try {
				return part.expression.evaluate(run);
			} catch (error) {
				if (!(error instanceof ExpressionError)) throw error;
				throw new ExpressionError(`${part.pointer}: ${error.message}`);
			}
		case "list":
			return part.items.map((item) => render(item, run) ?? null);
		case "object": {
			const fields: [string, ExactJson][] = [];
			for (const [name, item] of part.fields) {
				const value = render(item, run);
				if (value !== undefined) fields.push([name, value]);
			}
			return Object.fromEntries(fields);
		}
	}
}

/** Whether any string of it is an expression. */
export function holdsExpression(value: ExactJson | undefined): boolean {
	if (value === undefined || value === null || isExactNumber(value)) return false;
	if (typeof value === "string") return expressionIn(value) !== undefined;
	return typeof value === "object" && Object.values(value).some(holdsExpression);
}

export const templateText = (body: ExactJson): string => stringifyExact(body);
