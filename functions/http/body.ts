import { MAX_BODY_BYTES } from "../../shared/command/request.ts";
import { type ExactJson, parseExact } from "../../shared/json/exact.ts";
import { Problem } from "./problem.ts";

/** The body as JSON with exact numbers. @throws Problem */
export async function readJson(request: Request, limit = MAX_BODY_BYTES): Promise<ExactJson> {
	const bytes = await request.arrayBuffer();
	if (bytes.byteLength > limit) {
		throw new Problem(
			"body-too-large",
			`the body has ${bytes.byteLength} bytes, ${limit} are allowed`,
			{ members: { limitBytes: limit } },
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
