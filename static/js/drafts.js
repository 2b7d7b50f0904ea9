// Pictures and choices that this device keeps until they are sent, in IndexedDB. Each is of one person.
const NAME = "sdg-capture";
const STORE = "drafts";

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function store(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  const database = await finished(opening);
  return { database, drafts: database.transaction(STORE, mode).objectStore(STORE) };
}

async function using(mode, step) {
  const { database, drafts } = await store(mode);
  try {
    return await finished(step(drafts));
  } finally {
    database.close();
  }
}

// Raises when the device keeps nothing, as in a private window.
export const keep = (draft) => using("readwrite", (drafts) => drafts.put(draft));

export const discard = (id) => using("readwrite", (drafts) => drafts.delete(id)).catch(() => {});

export async function of(owner) {
  try {
    const all = await using("readonly", (drafts) => drafts.getAll());
    return all.filter((draft) => draft.owner === owner).sort((one, other) => other.taken - one.taken);
  } catch {
    return [];
  }
}
