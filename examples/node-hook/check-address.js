'use strict';

const { ApplicationFailure } = require('@temporalio/activity');

const DELIVERED = { GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, DE: /^\d{5}$/ };

/**
 * Answers the hook ADDRESS-CHECK: can the post deliver to this postcode?
 *
 * The question is {contract, hook, point, keys: {subject}, values}; the answer is
 * {values, outcome, reason}. Both stand in the history of the run, so there is nothing personal in
 * them. The same question may come more than once.
 */
async function checkAddress(question) {
  if (question.contract !== 1) {
    throw ApplicationFailure.nonRetryable('This worker answers contract 1.');
  }
  const { country, postcode } = question.values;
  const pattern = DELIVERED[country];
  if (pattern === undefined) {
    return { values: { deliverable: false }, outcome: 'refused', reason: 'country_not_served' };
  }
  const deliverable = pattern.test(postcode);
  return { values: { deliverable }, outcome: deliverable ? 'ok' : 'refused' };
}

module.exports = { check_address: checkAddress };
