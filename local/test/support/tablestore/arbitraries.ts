import fc from "fast-check";
import TableStore from "tablestore";
import type { ModelCondition, ModelKey, ModelRow } from "./model.ts";
import { integer } from "./sdk.ts";

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** Few and hard: prefixes of one another, zero bytes, and text that UTF-16 sorts otherwise than UTF-8. */
const texts = fc.oneof(
	fc.constantFrom("", "a", "a\0", "a\0\0", "a\u0001", "aa", "ab", "b", "\uffff", "\u{10000}", "é"),
	fc.string({ unit: "binary", maxLength: 4 }),
);

const numbers = fc.oneof(
	fc.constantFrom(INT64.min, INT64.max, -256n, -1n, 0n, 1n, 255n, 256n),
	fc.bigInt(INT64),
);

export const keys: fc.Arbitrary<ModelKey> = fc.record({
	text: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("", "a", "a\0", "ab") }, texts),
	number: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(-1n, 0n, 1n) }, numbers),
});

const COLUMNS = ["a", "b", "c"];

/** Values of few, so that conditions hold about as often as not. */
const small = fc.bigInt({ min: -2n, max: 2n });

export const rows: fc.Arbitrary<ModelRow> = fc.dictionary(fc.constantFrom(...COLUMNS), small, {
	maxKeys: 3,
	noNullPrototype: true,
});

export const conditions: fc.Arbitrary<ModelCondition> = fc.letrec<{ tree: ModelCondition }>(
	(tie) => ({
		tree: fc.oneof(
			{ maxDepth: 3 },
			fc.record({
				kind: fc.constant("column" as const),
				column: fc.constantFrom(...COLUMNS),
				comparator: fc.constantFrom(
					"EQUAL" as const,
					"NOT_EQUAL" as const,
					"GREATER_THAN" as const,
					"LESS_EQUAL" as const,
				),
				value: small,
				passIfMissing: fc.boolean(),
			}),
			fc.record({ kind: fc.constant("NOT" as const), part: tie("tree") }),
			fc.record({
				kind: fc.constantFrom("AND" as const, "OR" as const),
				parts: fc.tuple(tie("tree"), tie("tree")),
			}),
		),
	}),
).tree;

export const inputKey = ({ text, number }: ModelKey): TableStore.PrimaryKeyInput => [
	{ text },
	{ number: integer(number) },
];

export const inputRow = (row: ModelRow): TableStore.AttributesInput =>
	Object.entries(row).map(([name, value]) => ({ [name]: integer(value) }));

export function inputCondition(condition: ModelCondition): TableStore.ColumnCondition {
	if (condition.kind === "column") {
		return new TableStore.SingleColumnCondition(
			condition.column,
			integer(condition.value),
			TableStore.ComparatorType[condition.comparator],
			condition.passIfMissing,
		);
	}
	const composite = new TableStore.CompositeCondition(TableStore.LogicalOperator[condition.kind]);
	for (const part of condition.kind === "NOT" ? [condition.part] : condition.parts) {
		composite.addSubCondition(inputCondition(part));
	}
	return composite;
}
