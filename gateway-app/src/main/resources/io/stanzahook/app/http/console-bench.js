// Writes to the webhook as a user of the sandbox.
