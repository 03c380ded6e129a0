import fc from "fast-check";

/** Texts with lone surrogates, control characters, and a character of every plane of Unicode. */
export const anyText = fc.oneof(
	fc.string({ unit: "binary" }),
	fc
		.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
		.map((units) => String.fromCharCode(...units)),
	fc.integer({ min: 0, max: 16 }).map((plane) => String.fromCodePoint(plane * 0x10000 + 0x41)),
	fc.constantFrom("\ud800", "\udfff\ud800", "\u0000", "\u2028", "\ufeff", ""),
);
/** Among them those that mean something to JavaScript, or to a library. */
export const anyName = fc.oneof(
	anyText,
	fc.constantFrom(
		"__proto__",
		"constructor",
		"prototype",
		"toJSON",
		"then",
		"value",
		"isLosslessNumber",
	),
);
const anyNumber = fc.oneof(
	fc.constantFrom(
		"9007199254740993",
		"-9007199254740993",
		"1e999",
		"-1e-999",
		"-0",
		"10.0",
		"1E+2",
	),
	fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,4})?$/),
);

/** A text in JSON, some of its characters written as escapes that nobody needs. */
const quoted = (text: fc.Arbitrary<string>) =>
	fc.tuple(text, fc.infiniteStream(fc.boolean())).map(([value, escaped]) => {
		const units = value.split("").map((unit) => {
			const plain = JSON.stringify(unit).slice(1, -1);
			if (!escaped.next().value) return plain;
			return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
		});
		return `"${units.join("")}"`;
	});

const { json } = fc.letrec<{ json: string }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 5, depthSize: "small", withCrossShrink: true },
		fc.constantFrom("null", "true", "false"),
		anyNumber,
		quoted(anyText),
		fc.array(tie("json"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
		fc
			.uniqueArray(fc.tuple(quoted(anyName), tie("json")), {
				maxLength: 4,
				selector: ([name]) => JSON.parse(name),
			})
			.map((fields) => `{${fields.map(([name, value]) => `${name}:${value}`).join(",")}}`),
	),
}));

/** Any JSON, as a text. */
export const anyJson = json;

/** An object of any fields, as a text. */
export const anyObject = fc
	.uniqueArray(fc.tuple(quoted(anyName), json), {
		maxLength: 4,
		selector: ([name]) => JSON.parse(name),
	})
	.map((fields) => `{${fields.map(([name, value]) => `${name}:${value}`).join(",")}}`);
