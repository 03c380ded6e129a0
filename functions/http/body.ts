import { fieldErrors, MAX_BODY_BYTES } from "../../shared/command/request.ts";
import { type ExactJson, parseExact, toPlain } from "../../shared/json/exact.ts";
import type * as z from "../../shared/zod.ts";
import { Problem } from "./problem.ts";
import type { Body } from "./route.ts";

/** The body as JSON with exact numbers. @throws Problem */
export async function readJson(request: Request, maxBytes = MAX_BODY_BYTES): Promise<ExactJson> {
	refuseForm(request.headers);
	const bytes = await request.arrayBuffer();
	if (bytes.byteLength > maxBytes) {
		throw new Problem(
			"body-too-large",
			`the body has ${bytes.byteLength} bytes, ${maxBytes} are allowed`,
			{ members: { limitBytes: maxBytes } },
		);
	}
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw new Problem("malformed-json", "the body is not UTF-8");
	}
	if (text.trim() === "") throw new Problem("malformed-json", "the body is empty");
	try {
		return parseExact(text);
	} catch (error) {
		throw new Problem("malformed-json", (error as Error).message);
	}
}

/** JSON in UTF-8, as it is; a body of which nothing is said is taken for that. @throws Problem */
function refuseForm(headers: Headers): void {
	const encoding = headers.get("content-encoding") ?? "identity";
	if (!/^\s*identity\s*$/i.test(encoding)) {
		throw new Problem("unsupported-media-type", `send the body without the encoding ${encoding}`, {
			headers: { "accept-encoding": "identity" },
		});
	}
	const type = headers.get("content-type") ?? "application/json";
	if (/^\s*application\/([\w.-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?(;\s*)?$/i.test(type)) return;
	throw new Problem(
		"unsupported-media-type",
		`send Content-Type: application/json (curl: --json), in UTF-8; this is ${type}`,
	);
}

/**
 * A body that is checked by the schema which the document shows, and whose
 * numbers need no exact digits.
 *
 * @public
 */
export const bodyOf = <B>(of: {
	readonly schema: z.ZodMiniType<B>;
	readonly example: () => unknown;
}): Body<B> => ({
	read(body) {
		const read = of.schema.safeParse(toPlain(body));
		if (read.success) return { ok: true, value: read.data };
		return { ok: false, errors: read.error.issues.flatMap(fieldErrors) };
	},
	document: () => ({ schema: of.schema, example: of.example() }),
});
