import { keepMentioned, type Piece, properties, requires, words } from "./pieces.ts";
import { mentionedMessages, messages } from "./protobuf-messages.ts";
import type { Trim } from "./rule.ts";
import { expected, ShapeError, type Source, textOf } from "./source.ts";

const PROTO = "lib/protocol/tablestore_compiled_proto.js";

/**
 * Of Tablestore's client the operations that are called, and of its protobuf
 * messages how these are written and read: 259 messages make 70 % of the package.
 */
export const tablestore: Trim = {
	package: "tablestore",
	version: "5.6.5",
	files: [
		"lib/core.js",
		"lib/client.js",
		"lib/protocol/encoder.js",
		"lib/protocol/decoder.js",
		"lib/filter.js",
		PROTO,
	],
	trim: (sources, called) => {
		const [core, client, encoder, decoder, filter, proto] = sources as [
			Source, Source, Source, Source, Source, Source,
		];
		const kept = keepMentioned(
			[
				{ source: core, pieces: namespaces(core) },
				{ source: client, pieces: operations(client) },
				{ source: encoder, pieces: coder(encoder, "TableStore.encoder = ") },
				{ source: decoder, pieces: coder(decoder, "TableStore.decoder = ") },
				{ source: filter, pieces: [] },
				{ source: proto, pieces: messages(proto) },
			],
			["constructor", ...[...called].map(operation)],
			(text) => [...words(text), ...sentOperations(text), ...mentionedMessages(text)],
		);
		refuseLongIntegers(kept.at(-1) ?? "");
		return kept;
	},
};

/** Apart from words, since `search` is one of both. */
const operation = (name: string) => `operation ${name}`;
const SENDS = /this\.makeRequest\('(\w+)'/g;
const sentOperations = (text: string) => [...text.matchAll(SENDS)].map(([, name = ""]) => operation(name));

/** Methods of the client; those that send are kept for their callers only. */
const operations = (client: Source): Piece[] =>
	properties(client, "TableStore.Client = inherit(").map((piece) => {
		const sends = client.code.slice(piece.start, piece.end).search(SENDS) >= 0;
		return sends ? { ...piece, names: piece.names.map(operation) } : piece;
	});

const coder = (source: Source, start: string): Piece[] => [
	...requires(source).filter((piece) => !piece.names.includes("TableStore")),
	...properties(source, start),
	...properties(source, "var tsMap = ").map((piece) => ({
		...piece,
		names: piece.names.map(operation),
	})),
];

/** Search and SQL only add names to the namespace: each goes unless one of its names is used. */
const OPTIONAL_NAMESPACES = {
	"./search": ["QueryType", "SortOrder", "FieldType", "AggregationType", "GroupByType"],
	"./sql": ["SQLRows", "SQLPayloadVersion"],
} as const;

function namespaces(core: Source): Piece[] {
	return Object.entries(OPTIONAL_NAMESPACES).map(([path, names]) => {
		const statement = core.program.body.find((node) => textOf(core, node) === `require('${path}');`);
		const { start, end } = expected(statement, `require('${path}')`, core);
		return { start, end, names };
	});
}

/**
 * protobufjs reads 64-bit integers as `Long` where npm `long` is installed and
 * as numbers where it is not, as in a bundle: none may be read.
 */
function refuseLongIntegers(proto: string): void {
	const found = /message\.(\w+) = reader\.[us]?int64\(\)/.exec(proto)?.[1];
	if (found) {
		throw new ShapeError(`${PROTO}: the field ${found} of an answer that is used is a 64-bit integer`);
	}
}
