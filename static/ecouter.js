// Lire une leçon avec la voix de l’appareil : chargé à la première demande, rien ne part sur le réseau.
// Seules les voix de l’appareil servent : une voix « en ligne » enverrait le texte à son fabricant.
// Entre accolades : hors-ligne.js, sur la même page, a des noms pareils.
{
const place=document.querySelector("[data-ecouter]"),bouton=place.querySelector("button"),mot=bouton.querySelector("span");
const [PAUSE,REPRENDRE,ARRETER,OU,FINI,RATE]=place.dataset.mots.split("|"),DEBUT=mot.textContent;
const voix=()=>{const v=speechSynthesis.getVoices().filter(v=>v.localService&&/^fr/i.test(v.lang));return v.find(v=>/^fr.ca/i.test(v.lang))||v[0]};
const calme=matchMedia("(prefers-reduced-motion:reduce)");
// Ce qu’un bloc dit : son texte et ses images. Les exercices et les sons ne se lisent pas.
const dire=b=>{
  const images=[...b.querySelectorAll("img[alt]")].map(i=>i.alt),mele=b.querySelector("form,audio,video,[data-muet]");
  const textes=mele?[...b.querySelectorAll(".prose")].filter(p=>!p.closest("form,figure,[data-muet]")):[b];
  // Une phrase à la fois : la voix de certains appareils se tait au milieu d’un long texte.
  return[...images,...textes.flatMap(p=>p.innerText.split(/\n+/))].flatMap(l=>l.match(/[^.!?;:]+[.!?;:]*\s*/g)||[]).map(l=>l.trim()).filter(l=>/[\p{L}\p{N}]/u.test(l))};
const passages=[...document.querySelectorAll(".lesson .block")].map(b=>[b,dire(b)]).filter(([,t])=>t.length);
const arret=Object.assign(document.createElement("button"),{type:"button",className:"btn small quiet",textContent:ARRETER,hidden:true});
const etat=document.createElement("span");etat.setAttribute("role","status");bouton.after(arret,etat);
document.head.append(Object.assign(document.createElement("link"),{rel:"stylesheet",href:place.dataset.style}));
let rang=0,phrase=0,lecture=0;
const montrer=b=>{for(const a of document.querySelectorAll(".block[aria-current]"))a.removeAttribute("aria-current");
  if(b){b.setAttribute("aria-current","true");b.scrollIntoView({block:"nearest",behavior:calme.matches?"auto":"smooth"})}};
// Chaque lecture a son numéro : ce qu’une lecture arrêtée annonce encore ne compte plus.
const taire=()=>{lecture++;speechSynthesis.cancel()};
const finir=dit=>{taire();rang=phrase=0;montrer();mot.textContent=DEBUT;arret.hidden=true;etat.textContent=dit};
const suite=n=>{
  if(n!==lecture)return;
  const [b,textes]=passages[rang]||[];
  if(!b)return finir(FINI);
  if(!phrase){montrer(b);let i=0;etat.textContent=OU.replace(/\{\}/g,()=>[rang+1,passages.length][i++])}
  const u=new SpeechSynthesisUtterance(textes[phrase]),v=voix();u.lang=v?.lang||"fr-CA";if(v)u.voice=v;
  u.onend=()=>{if(n!==lecture)return;if(++phrase>=textes.length){phrase=0;rang++}suite(n)};
  u.onerror=()=>{if(n===lecture){taire();mot.textContent=REPRENDRE;etat.textContent=RATE}};
  speechSynthesis.speak(u)};
const lire=()=>{taire();mot.textContent=PAUSE;arret.hidden=false;suite(lecture)};
// « pause » du navigateur n’existe pas partout : s’arrêter, puis redire la phrase commencée.
bouton.addEventListener("click",()=>{if(mot.textContent===PAUSE){taire();mot.textContent=REPRENDRE}else lire()});
arret.addEventListener("click",()=>{finir("");bouton.focus()});
addEventListener("pagehide",taire);
lire();
}
