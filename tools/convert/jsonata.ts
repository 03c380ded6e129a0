import jsonata from "jsonata";

/** The parts of JSONata's tree that are looked at; its own declarations name few of them. */
export interface Jsonata {
	readonly type: string;
	readonly value?: unknown;
	readonly position?: number;
	readonly lhs?: Jsonata | ReadonlyArray<readonly [Jsonata, Jsonata]>;
	readonly rhs?: Jsonata;
	readonly expression?: Jsonata;
	readonly expressions?: readonly Jsonata[];
	readonly condition?: Jsonata;
	readonly then?: Jsonata;
	readonly else?: Jsonata;
	readonly steps?: readonly Jsonata[];
	readonly stages?: ReadonlyArray<{ readonly type: string; readonly expr?: Jsonata }>;
	readonly procedure?: Jsonata;
	readonly arguments?: readonly Jsonata[];
	readonly body?: Jsonata;
	readonly group?: unknown;
}

/** What has no counterpart, with its place in the text. */
export class CannotConvert extends Error {
	constructor(what: string, { position }: Pick<Jsonata, "position">) {
		super(position === undefined ? what : `${what} (near character ${position})`);
	}
}

/** @throws CannotConvert for what JSONata itself does not read. */
export function readJsonata(text: string): Jsonata {
	try {
		return jsonata(text).ast() as unknown as Jsonata;
	} catch (error) {
		throw new CannotConvert((error as Error).message, error as { position?: number });
	}
}
