import { isBatch } from "./message-operations.ts";
import type { MnsRequest } from "./request.ts";

/** The name of what a request asks for; undefined if there is no such operation. */
export function operationName(request: MnsRequest): string | undefined {
	const { method, query, body } = request;
	const [kind, queue, part] = request.path;
	if (kind !== "queues") return undefined;
	if (queue === undefined) return method === "GET" ? "ListQueue" : undefined;
	if (part !== "messages") return queueOperation(request);
	switch (method) {
		case "POST":
			return isBatch(body) ? "BatchSendMessage" : "SendMessage";
		case "PUT":
			return "ChangeMessageVisibility";
		case "DELETE":
			return query.get("receipthandle") ? "DeleteMessage" : "BatchDeleteMessage";
		case "GET": {
			const peeks = query.get("peekonly")?.toLowerCase() === "true";
			const batch = query.get("numofmessages") === undefined ? "" : "Batch";
			return `${batch}${peeks ? "PeekMessage" : "ReceiveMessage"}`;
		}
		default:
			return undefined;
	}
}

function queueOperation({ method, query }: MnsRequest): string | undefined {
	switch (method) {
		case "PUT": {
			const changes = query.get("metaoverride")?.toLowerCase() === "true";
			return changes ? "SetQueueAttributes" : "CreateQueue";
		}
		case "GET":
			return "GetQueueAttributes";
		case "DELETE":
			return "DeleteQueue";
		default:
			return undefined;
	}
}
