/**
 * A request that the gateway in front of every product refuses: an HTTP error
 * with `{RequestId, HostId, Code, Message, Recommend}`.
 * Codes: help.aliyun.com/document_detail/25491.html (ECS, common to all RPC products).
 */
export class GatewayError extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/**
 * A call that IoT Platform itself refuses: HTTP 200 with `Success: false`.
 * Codes: help.aliyun.com/document_detail/87387.html.
 */
export class PlatformError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export const missing = (parameter: string) =>
	new GatewayError(400, `Missing${parameter}`, `${parameter} is mandatory for this action.`);

export const throttled = () =>
	new GatewayError(400, "Throttling.User", "Request was denied due to user flow control.");
