import type { Node } from "acorn";
import type { Piece } from "./pieces.ts";
import { expected, type Source, textOf } from "./source.ts";

/** How protobufjs 6 compiles a message: one function each, told apart by the names of what it assigns. */
const PARTS =
	/^(\w+)\.(?:prototype\.)?(create|encode|encodeDelimited|decode|decodeDelimited|verify|fromObject|toObject|toJSON) = function \2\(/;
/** A created message is written by `constructor.encode`, which no text mentions. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = { encode: ["encode", "create"] };

/**
 * The messages of `$root.main.proto` and its sisters as pieces `main.proto.Name`,
 * and their functions as `main.proto.Name.decode` inside of them.
 */
export function messages(source: Source): Piece[] {
	const found: Piece[] = [];
	const visit = (statements: readonly Node[], path: string) => {
		for (const node of statements) {
			const text = textOf(source, node);
			const name = /^(?:\$?\w+)\.(\w+) = \(function\(\) \{/.exec(text)?.[1];
			const part = PARTS.exec(text)?.[2];
			const { start, end } = node;
			if (name) {
				const inner = path === "" ? name : `${path}.${name}`;
				if (inner.split(".").length > 2) found.push({ start, end, names: [inner] });
				visit(bodyOf(node), inner);
			} else if (part && path.split(".").length > 2) {
				found.push({
					start,
					end,
					names: (IMPLIED[part] ?? [part]).map((each) => `${path}.${each}`),
				});
			}
		}
	};
	visit(source.program.body, "");
	return expected(found, "protobuf message", source);
}

/** Statements of the function in `x.y = (function() { … })();` */
function bodyOf(node: Node): readonly Node[] {
	const { expression } = node as {
		expression?: { right?: { callee?: { body?: { body?: Node[] } } } };
	};
	return expression?.right?.callee?.body?.body ?? [];
}

const ALIASES: Readonly<Record<string, string>> = {
	tsProtos: "main.proto",
	tsFilterProtos: "filter.proto",
	tsSearchProtos: "search.proto",
};
const MENTION =
	/(\bnew (?:\$root\.)?)?\b((?:main|filter|search)\.proto|ts\w*Protos)\.(\w+)(?:\.(\w+))?/g;

/** A message that is handed on, as `decode(bytes, tsProtos.GetRowResponse)`, may be written and read. */
export const mentionedMessages = (text: string): string[] =>
	[...text.matchAll(MENTION)].flatMap(([, made, root = "", message, part]) => {
		const name = `${ALIASES[root] ?? root}.${message}`;
		if (part) return [name, `${name}.${part}`];
		return made ? [name] : [name, `${name}.encode`, `${name}.decode`];
	});
