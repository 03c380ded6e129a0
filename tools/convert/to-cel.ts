import { namesOf } from "../../shared/reaction/expression/names.ts";
import { Expression } from "../../shared/reaction/expression.ts";
import { CONVERTED } from "./functions.ts";
import { CannotConvert, type Jsonata, readJsonata } from "./jsonata.ts";

export interface Conversion {
	readonly cel: string;
	/** Where the two languages differ in what was converted. */
	readonly notes: readonly string[];
}

/** How tightly a text holds together, the loosest first. */
const LEVELS = ["choice", "or", "and", "compare", "add", "multiply", "whole"] as const;
type Level = (typeof LEVELS)[number];
interface Text {
	readonly text: string;
	readonly level: Level;
}

const BINARY: Readonly<Record<string, readonly [string, Level]>> = {
	or: ["||", "or"],
	and: ["&&", "and"],
	"=": ["==", "compare"],
	"<": ["<", "compare"],
	"<=": ["<=", "compare"],
	">": [">", "compare"],
	">=": [">=", "compare"],
	in: ["in", "compare"],
	"+": ["+", "add"],
	"-": ["-", "add"],
	"*": ["*", "multiply"],
	"/": ["/", "multiply"],
	"%": ["%", "multiply"],
};
const IDENTIFIER = /^[A-Za-z_]\w*$/;
/** Are texts, and in every event of their source. */
const TEXTS = new Set(
	"id source productKey deviceName iotId identifier status topic message name type".split(" "),
);
const ALWAYS = new Set([...TEXTS, "value", "code", "time"]);

/** A JSONata expression in CEL. @throws CannotConvert, or ExpressionError for a name that does not exist. */
export function toCel(jsonata: string): Conversion {
	const converter = new Converter();
	const { text } = converter.convert(readJsonata(jsonata));
	new Expression(text, namesOf("message"));
	return { cel: text, notes: [...converter.notes] };
}

class Converter {
	readonly notes = new Set<string>();
	readonly #variables: string[] = [];

	convert(node: Jsonata): Text {
		if (node.group) throw new CannotConvert("grouping", node);
		switch (node.type) {
			case "number":
			case "value":
			case "string":
				return whole(JSON.stringify(node.value));
			case "path":
				return this.#path(node);
			case "variable":
				return whole(this.#variable(node));
			case "binary":
				return this.#binary(node);
			case "unary":
				return this.#unary(node);
			case "condition":
				return this.#choice(node);
			case "block":
				return this.#block(node.expressions ?? [], node);
			case "function":
				return this.#call(node);
			case "regex":
				throw new CannotConvert("regular expressions are not taken", node);
			default:
				throw new CannotConvert(`there is no ${node.type} in CEL`, node);
		}
	}

	/** In brackets, where the text would fall apart beside a tighter operator. */
	#at(level: Level, node: Jsonata | undefined): string {
		if (!node) throw new CannotConvert("something is missing", {});
		const { text, level: own } = this.convert(node);
		return LEVELS.indexOf(own) >= LEVELS.indexOf(level) ? text : `(${text})`;
	}

	#variable(node: Jsonata): string {
		const name = String(node.value);
		if (this.#variables.includes(name)) return name;
		throw new CannotConvert(name === "" ? "$ alone" : `$${name} is no variable here`, node);
	}

	#path({ steps = [] }: Jsonata): Text {
		let text = "";
		for (const [index, step] of steps.entries()) {
			if (step.group) throw new CannotConvert("grouping", step);
			if (step.type === "wildcard") return this.#wildcard(text, steps.slice(index + 1), step);
			text = this.#step(text, step);
			for (const { type, expr } of step.stages ?? []) {
				if (type !== "filter" || expr?.type !== "number" || Number(expr.value) < 0) {
					throw new CannotConvert("only a place from 0 may stand in […]: see .filter(x, …)", step);
				}
				text += `[${expr.value}]`;
			}
		}
		return whole(text);
	}

	#step(before: string, step: Jsonata): string {
		const name = String(step.value);
		if (step.type === "variable") {
			if (before !== "") throw new CannotConvert("a variable within a path", step);
			// `$` and `$$` in front of a path are the event itself.
			return name === "" || name === "$" ? "" : this.#variable(step);
		}
		if (step.type !== "name") {
			if (before === "") return this.#at("whole", step);
			throw new CannotConvert(`a ${step.type} within a path`, step);
		}
		if (IDENTIFIER.test(name)) return before === "" ? name : `${before}.${name}`;
		return `${before || "body"}[${JSON.stringify(name)}]`;
	}

	/** `items.*.value`: the field of each. */
	#wildcard(before: string, rest: readonly Jsonata[], node: Jsonata): Text {
		if (before === "" || rest.some(({ type, stages }) => type !== "name" || stages)) {
			throw new CannotConvert("* anywhere but between names", node);
		}
		const each = rest.reduce((text, step) => this.#step(text, step), `${before}[key]`);
		return whole(`${before}.map(key, ${each})`);
	}

	#binary(node: Jsonata): Text {
		const operator = String(node.value);
		const left = node.lhs as Jsonata;
		if (operator === "&") return this.#joined(left, node.rhs);
		if (operator === "!=") return this.#differs(left, node.rhs);
		const converted = BINARY[operator];
		if (!converted) throw new CannotConvert(`there is no ${operator} in CEL`, node);
		const [sign, level] = converted;
		const tighter = LEVELS[LEVELS.indexOf(level) + 1] ?? "whole";
		const before = this.#at(level === "compare" ? tighter : level, left);
		return { text: `${before} ${sign} ${this.#at(tighter, node.rhs)}`, level };
	}

	#joined(...parts: readonly (Jsonata | undefined)[]): Text {
		const texts = parts.map((part) => {
			if (part?.type === "string" || (part?.type === "binary" && part.value === "&")) {
				return this.#at("add", part);
			}
			const text = this.#at("choice", part);
			if (TEXTS.has(text)) return text;
			if (!ALWAYS.has(text.replace(/^string\((.*)\)$/, "$1")))
				this.notes.add(`where ${text} is not there, the text is not there`);
			return text.startsWith("string(") ? text : `string(${text})`;
		});
		return { text: texts.join(" + "), level: "add" };
	}

	/** JSONata finds no difference where one of the two is not there. */
	#differs(left: Jsonata, right: Jsonata | undefined): Text {
		const operands = [left, right].map((operand) => this.#at("add", operand));
		const differ = operands.join(" != ");
		const guards = [left, right].flatMap((operand, index) =>
			operand?.type === "path" && !ALWAYS.has(operands[index] ?? "")
				? [`${operands[index]} != null`]
				: [],
		);
		if (guards.length === 0) return { text: differ, level: "compare" };
		return { text: [...guards, differ].join(" && "), level: "and" };
	}

	#unary(node: Jsonata): Text {
		if (node.value === "-")
			return { text: `-${this.#at("whole", node.expression)}`, level: "multiply" };
		if (node.value === "[") {
			return whole(
				`[${(node.expressions ?? []).map((item) => this.#at("choice", item)).join(", ")}]`,
			);
		}
		if (node.value !== "{" || !Array.isArray(node.lhs)) throw new CannotConvert("this", node);
		const fields = node.lhs.map(
			([key, value]: readonly [Jsonata, Jsonata]) =>
				`${this.#at("or", key)}: ${this.#at("choice", value)}`,
		);
		return whole(`{${fields.join(", ")}}`);
	}

	#choice(node: Jsonata): Text {
		if (!node.else) {
			throw new CannotConvert("a choice without an else, which leaves the field out", node);
		}
		const [condition, yes] = [this.#at("or", node.condition), this.#at("or", node.then)];
		return { text: `${condition} ? ${yes} : ${this.#at("choice", node.else)}`, level: "choice" };
	}

	/** `( $x := …; … )` */
	#block([first, ...rest]: readonly Jsonata[], node: Jsonata): Text {
		if (!first) throw new CannotConvert("an empty block", node);
		if (rest.length === 0) return this.convert(first);
		const bound = first.type === "bind" ? (first.lhs as Jsonata) : undefined;
		if (!bound)
			throw new CannotConvert("several expressions, of which only the last one counts", first);
		const value = this.#at("choice", first.rhs);
		const body = this.#within(String(bound.value), () => this.#block(rest, node).text);
		return whole(`cel.bind(${bound.value}, ${value}, ${body})`);
	}

	#within(variable: string, convert: () => string): string {
		if (!IDENTIFIER.test(variable)) throw new CannotConvert(`a variable $${variable}`, {});
		this.#variables.push(variable);
		const text = convert();
		this.#variables.pop();
		return text;
	}

	#call(node: Jsonata): Text {
		const name = String(node.procedure?.value);
		const args = node.arguments ?? [];
		const [first, second] = args;
		if (name === "not" && args.length === 1) return this.#not(first);
		if (name === "exists" && args.length === 1) return this.#exists(first, "!=");
		if ((name === "map" || name === "filter") && second?.type === "lambda") {
			const [variable] = second.arguments ?? [];
			if (second.arguments?.length !== 1 || !second.body) {
				throw new CannotConvert(`$${name} with other than one variable`, node);
			}
			const list = this.#at("whole", first);
			const { body } = second;
			const item = String(variable?.value);
			const each = this.#within(item, () => this.#at("choice", body));
			return whole(`${list}.${name}(${item}, ${each})`);
		}
		const converted = CONVERTED.get(name)?.(
			args.map((arg) => ({ alone: this.#at("choice", arg), part: this.#at("whole", arg) })),
		);
		if (!converted)
			throw new CannotConvert(`$${name} has no counterpart with these arguments`, node);
		if (converted.note) this.notes.add(converted.note);
		return { text: converted.text, level: converted.text.includes(" / ") ? "multiply" : "whole" };
	}

	#not(operand: Jsonata | undefined): Text {
		if (operand?.type === "function" && operand.procedure?.value === "exists") {
			return this.#exists(operand.arguments?.[0], "==");
		}
		this.notes.add("! is true also where what it looks at is not there; $not is not");
		return whole(`!${this.#at("whole", operand)}`);
	}

	#exists(operand: Jsonata | undefined, sign: string): Text {
		return { text: `${this.#at("add", operand)} ${sign} null`, level: "compare" };
	}
}

const whole = (text: string): Text => ({ text, level: "whole" });
