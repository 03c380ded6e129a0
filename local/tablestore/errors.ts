/**
 * An error as the service reports it: HTTP status, OTS code, message. Codes and
 * wording follow alibabacloud.com/help/en/tablestore/developer-reference/error-codes.
 */
export class OtsError extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/** The request as a whole is wrong: in a batch it fails every row. */
export const parameterInvalid = (message: string) =>
	new OtsError(400, "OTSParameterInvalid", message);

export const authFailed = (message: string) => new OtsError(403, "OTSAuthFailed", message);

export const invalidPrimaryKey = (message: string) => new OtsError(400, "OTSInvalidPK", message);

export const invalidTableName = (name: string) =>
	parameterInvalid(`Invalid table name: '${name}'.`);

export const tableNotFound = () =>
	new OtsError(404, "OTSObjectNotExist", "Requested table does not exist.");

export const indexNotFound = () =>
	new OtsError(404, "OTSObjectNotExist", "Requested index does not exist.");

export const alreadyExists = () =>
	new OtsError(409, "OTSObjectAlreadyExist", "Requested table already exists.");

export const conditionFailed = () =>
	new OtsError(403, "OTSConditionCheckFail", "Condition check failed.");

export const bodyTooLarge = () =>
	new OtsError(413, "OTSRequestBodyTooLarge", "The size of POST data is too large.");

export const methodNotAllowed = () =>
	new OtsError(405, "OTSMethodNotAllowed", "Only POST method for requests is supported.");

/** The catalogue of codes has no other answer to an operation that a service does not know. */
export const unsupportedOperation = (operation: string) =>
	parameterInvalid(`Unsupported operation: ${operation}.`);

export const internalError = () =>
	new OtsError(500, "OTSInternalServerError", "Internal server error.");
