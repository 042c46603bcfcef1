'use strict';

const { NativeConnection, Worker } = require('@temporalio/worker');
const activities = require('./check-address');

const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
const namespace = process.env.TEMPORAL_NAMESPACE ?? 'default';
const taskQueue = process.env.TASK_QUEUE ?? 'risk-team';

/** Serves the task queue until it is asked to stop. */
async function main() {
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({ connection, namespace, taskQueue, activities });
    await worker.run();
  } finally {
    await connection.close();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
