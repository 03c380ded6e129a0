/** An argument, converted: where it stands alone, and in brackets where it must hold together. */
interface Argument {
	readonly alone: string;
	readonly part: string;
}

interface Converted {
	readonly text: string;
	readonly note?: string;
}

type Convert = (args: readonly Argument[]) => Converted | undefined;

const HALVES = "$round takes a half to the even number, math.round away from zero";
const LETTERS = "only the letters A to Z are changed";

const exactly =
	(count: number, text: (...args: Argument[]) => string, note?: string): Convert =>
	(args) =>
		args.length === count ? { text: text(...args), ...(note ? { note } : {}) } : undefined;
const method = (name: string, count: number, note?: string) =>
	exactly(
		count,
		(of, ...args) => `${of?.part}.${name}(${args.map(({ alone }) => alone).join(", ")})`,
		note,
	);
const call = (name: string) => exactly(1, (value) => `${name}(${value?.alone})`);

function round(args: readonly Argument[]): Converted | undefined {
	const [value, places] = args;
	if (args.length === 1) return { text: `math.round(${value?.alone})`, note: HALVES };
	if (args.length !== 2 || !/^[1-9]$/.test(places?.alone ?? "")) return undefined;
	const scale = 10 ** Number(places?.alone);
	return { text: `math.round(${value?.part} * ${scale}) / ${scale}`, note: HALVES };
}

/** `$substring(text, from, length)` of places that are written out. */
function substring([text, begin, count]: readonly Argument[]): Converted | undefined {
	const [from = "", length] = [begin?.alone, count?.alone];
	if (!/^\d+$/.test(from) || (length !== undefined && !/^\d+$/.test(length))) return undefined;
	const end = length === undefined ? "" : `, ${Number(from) + Number(length)}`;
	const note = "a text that is shorter is an error";
	return { text: `${text?.part}.substring(${from}${end})`, note };
}

export const CONVERTED: ReadonlyMap<string, Convert> = new Map<string, Convert>([
	["round", round],
	["substring", substring],
	["floor", call("math.floor")],
	["ceil", call("math.ceil")],
	["abs", call("math.abs")],
	["sqrt", call("math.sqrt")],
	["sum", method("sum", 1)],
	["min", method("min", 1)],
	["max", method("max", 1)],
	["average", exactly(1, (list) => `${list?.part}.sum() / size(${list?.alone})`)],
	["count", call("size")],
	["length", call("size")],
	["string", call("string")],
	["number", call("double")],
	["contains", method("contains", 2)],
	["uppercase", method("upperAscii", 1, LETTERS)],
	["lowercase", method("lowerAscii", 1, LETTERS)],
	["trim", method("trim", 1)],
	["split", method("split", 2)],
	["replace", method("replace", 3)],
	["join", (args) => (args.length === 1 ? method("join", 1) : method("join", 2))(args)],
	["keys", exactly(1, (map) => `${map?.part}.map(key, key)`)],
	["lookup", exactly(2, (map, key) => `${map?.part}[${key?.alone}]`)],
]);
