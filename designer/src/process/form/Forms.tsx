/** The form of the step that is selected; of the process where none is. */
import type { Step } from "../view";
import { ProcessForm } from "./ProcessForm";
import { StepForm } from "./StepForm";

export default function Forms({ step }: { step: Step | undefined }) {
  return step ? <StepForm key={step.part + step.id} step={step} /> : <ProcessForm />;
}
