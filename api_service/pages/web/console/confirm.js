/**
 * Ask before something that cannot be undone; resolves to whether the answer was yes. While another question
 * is open, this one is not asked: a yes is the answer to the one that was read.
 */
export function confirmed(question, explanation, yes) {
  const dialog = document.getElementById("confirm");
  if (dialog.open) return Promise.resolve(false);
  document.getElementById("confirm-question").textContent = question;
  document.getElementById("confirm-explanation").textContent = explanation;
  document.getElementById("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === "yes");
    dialog.addEventListener("close", answer, { once: true });
  });
}
