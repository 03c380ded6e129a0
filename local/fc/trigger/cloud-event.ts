import type { Account } from "../../account.ts";
import type { QueueMessage } from "../../service.ts";
import type { EventStreamTrigger } from "../../stack/index.ts";
import { newRequestId } from "../ids.ts";

/**
 * A queue's message as EventBridge hands it to a function: CloudEvents 1.0 with
 * Alibaba Cloud's extensions ("Simple Message Queue triggers", event format).
 */
export function cloudEvent(
	message: QueueMessage,
	trigger: EventStreamTrigger,
	info: { readonly account: Account; readonly now: number; readonly streamName: string },
): Record<string, unknown> {
	const { accountId, region } = info.account;
	return {
		id: `${message.messageId}-${info.streamName}`,
		source: info.streamName,
		specversion: "1.0",
		type: "mns:Queue:SendMessage",
		datacontenttype: "application/json; charset=utf-8",
		subject: `acs:mns:${region}:${accountId}:queues/${trigger.queue}`,
		time: new Date(message.enqueuedAt).toISOString(),
		aliyunaccountid: accountId,
		aliyunpublishtime: new Date(info.now).toISOString(),
		aliyunoriginalaccountid: accountId,
		aliyuneventbusname: info.streamName,
		aliyunregionid: region,
		aliyunpublishaddr: "127.0.0.1",
		data: {
			requestId: newRequestId(info.now),
			messageId: message.messageId,
			messageBody: trigger.decodeBase64 ? decodeBase64(message.body) : message.body,
		},
	};
}

/** What is not the base64 of a text stays as it is. */
function decodeBase64(text: string): string {
	if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return text;
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
			Buffer.from(text, "base64"),
		);
	} catch {
		return text;
	}
}
