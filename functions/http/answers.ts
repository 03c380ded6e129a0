import { type ExactJson, stringifyExact } from "../../shared/json/exact.ts";

export function json(
	body: ExactJson,
	status = 200,
	headers: Record<string, string> = {},
): Response {
	return new Response(stringifyExact(body), {
		status,
		headers: { "content-type": "application/json", ...headers },
	});
}
