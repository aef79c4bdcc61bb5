// Sans réseau (docs/offline.md). Le même fichier sert aux pages et au travailleur de service :
// d'un côté la file de ce qui attend, de l'autre les leçons emportées et les formulaires sauvés.
const ACCUEIL="/hors-ligne/",JOURNAL="/hors-ligne/journal/",PATIENCE=3000;
const GESTES={terminer:"termine",reponses:"repond",reflexion:"note",geste:"engage"};
const FORMULAIRE=/^\/cours\/([\w-]+)\/([\w-]+)\/(terminer|reponses|reflexion|geste)\/(?:([0-9a-f-]{36})\/)?$/;

// Les phrases sont en français ici; la page d'un lecteur anglais donne leur traduction (docs/languages.md).
const LANGUE=self.document?.documentElement.lang||"fr-CA",MOTS=JSON.parse(self.document?.body.dataset.mots||"{}");
const t=(mots,...v)=>(MOTS[mots]||mots).replace(/\{\}/g,()=>v.shift());
const selon=(n,un,plusieurs,...v)=>t(new Intl.PluralRules(LANGUE).select(n)==="one"?un:plusieurs,n,...v);

const fin=r=>new Promise((ok,ko)=>{r.onsuccess=()=>ok(r.result);r.onerror=()=>ko(r.error)});
const base=()=>{const r=indexedDB.open("hors-ligne",1);r.onupgradeneeded=()=>{r.result.createObjectStore("file",{keyPath:"id"});r.result.createObjectStore("faits")};return fin(r)};
// Une opération à la fois, puis la base se ferme : rien n'empêche de l'effacer en partant.
const dans=async(magasin,mode,faire)=>{const b=await base();try{const t=b.transaction(magasin,mode),f=new Promise((ok,ko)=>{t.oncomplete=ok;t.onabort=()=>ko(t.error)}),r=await faire(t.objectStore(magasin));if(mode==="readwrite")await f;return r}finally{b.close()}};
const lireFait=cle=>dans("faits","readonly",m=>fin(m.get(cle)));
const ecrireFait=(cle,v)=>dans("faits","readwrite",m=>fin(m.put(v,cle)));
const file=async()=>(await dans("file","readonly",m=>fin(m.getAll()))).sort((a,b)=>a.seq-b.seq);
// Ce qu'une autre personne a laissé ici attend son retour : rien n'en est montré.
const moi=async()=>document.body.dataset.qui||await lireFait("personne");
const laMienne=async()=>{const qui=await moi();return(await file()).filter(e=>e.personne===qui)};
const oter=ids=>dans("file","readwrite",async m=>{for(const id of ids)m.delete(id)});
const uuid7=()=>{const t=Date.now(),b=crypto.getRandomValues(new Uint8Array(16));for(let i=0;i<6;i++)b[i]=Math.floor(t/2**(8*(5-i)))&255;b[6]=b[6]&15|112;b[8]=b[8]&63|128;return[...b].map(x=>x.toString(16).padStart(2,"0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/,"$1-$2-$3-$4-")};

// Un énoncé porte l'identité de son formulaire : envoyé deux fois, il est reçu une fois.
const garder=async enonce=>{const rang=(await lireFait("rang")||0)+1;await ecrireFait("rang",rang);await dans("file","readwrite",m=>fin(m.put({...enonce,seq:rang,at:new Date().toISOString()})))};
const enonceDe=(d,[,cours,,quoi,bloc],personne)=>{const champs={};for(const[n,v]of d)if(typeof v==="string"&&!/^(csrfmiddlewaretoken|author|event|lesson|attempt|anyway)$/.test(n))(champs[n]??=[]).push(v);
  return{id:d.get("event")||uuid7(),personne,verbe:GESTES[quoi],cours:cours.toUpperCase(),lecon:d.get("lesson"),bloc:bloc||null,essai:d.get("attempt")||null,champs}};

// ---- Travailleur de service -------------------------------------------------------------------
async function pageOuCopie(r){
  const copie=await caches.match(new URL(r.url).pathname,{ignoreVary:true}),reseau=fetch(r);
  if(!copie)return reseau.catch(async()=>await caches.match(ACCUEIL,{ignoreVary:true})||Response.error());
  return Promise.race([reseau.catch(()=>copie),new Promise(ok=>setTimeout(ok,PATIENCE,copie))]);
}
// Un son se demande par morceaux : la copie entière en donne celui qui est voulu.
async function copieOuPartie(r){
  const copie=await caches.match(r.url,{ignoreVary:true}),voulu=/^bytes=(\d+)-(\d*)$/.exec(r.headers.get("range"));
  if(!copie||!voulu)return copie||Response.error();
  const b=await copie.blob(),de=+voulu[1],a=Math.min(voulu[2]?+voulu[2]:b.size,b.size-1);
  return new Response(b.slice(de,a+1),{status:de>a?416:206,headers:{"Content-Type":copie.headers.get("Content-Type"),"Accept-Ranges":"bytes","Content-Range":`bytes ${de>a?"*":`${de}-${a}`}/${b.size}`}});
}
// Rien n’est gardé sans le dire : la page d’avant a encore ce qui était écrit.
const PLEIN='<!DOCTYPE html><html lang="fr-CA"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plus de place sur l’appareil</title><main><h1>Cet appareil n’a plus de place</h1><p>Votre réponse n’est pas encore gardée. Revenez à la page précédente : ce que vous avez écrit y est encore. Libérez de la place, ou attendez le réseau, puis envoyez de nouveau.</p></main>';
async function envoiOuFile(r,trouve){
  const d=await r.clone().formData(),lecon=`/cours/${trouve[1]}/${trouve[2]}/`,personne=await lireFait("personne");
  if(!personne||!d.get("lesson")||!await caches.match(lecon,{ignoreVary:true}))return fetch(r);
  // Une page emportée n'a pas de jeton : elle passe par la file, réseau ou non.
  if(d.get("csrfmiddlewaretoken"))try{const a=await fetch(r);if(a.status<500&&a.status!==429)return a}catch{}
  try{await garder(enonceDe(d,trouve,personne))}catch{return new Response(PLEIN,{status:507,headers:{"Content-Type":"text/html; charset=utf-8"}})}
  return Response.redirect(lecon+(trouve[4]?`#bloc-${trouve[4]}`:""),303);
}
function travailler(){
  addEventListener("install",()=>skipWaiting());
  addEventListener("activate",e=>e.waitUntil(clients.claim()));
  addEventListener("fetch",e=>{const r=e.request,u=new URL(r.url);if(u.origin!==location.origin)return;
    if(r.mode==="navigate"){const f=r.method==="POST"&&FORMULAIRE.exec(u.pathname);if(f)e.respondWith(envoiOuFile(r,f));else if(r.method==="GET")e.respondWith(pageOuCopie(r))}
    else if(r.method==="GET"&&/^\/(static|medias)\//.test(u.pathname))e.respondWith(fetch(r).catch(()=>copieOuPartie(r)))});
}

// ---- Pages ------------------------------------------------------------------------------------
const el=(nom,texte,plus={})=>Object.assign(document.createElement(nom),{lang:LANGUE,textContent:texte,...plus});
const heure=iso=>new Date(iso).toLocaleTimeString(LANGUE,{hour:"numeric",minute:"2-digit"});
let etat;
function dire(texte,lien){
  if(!etat){if(!texte)return;etat=el("div","",{className:"wrap"});etat.setAttribute("role","status");document.querySelector("main").prepend(etat)}
  etat.replaceChildren();if(!texte)return;const p=el("p","",{className:"note mt6"}),m=el("span",texte+" ");if(lien)m.append(el("a",lien[0],{href:lien[1]}));p.append(m);etat.append(p);
}
const pese=e=>!e.motif&&e.verbe!=="ouvre"; // une leçon ouverte part aussi, sans qu'on en parle
const attendre=n=>dire(n?selon(n,"{} réponse gardée sur cet appareil, en attente du réseau.","{} réponses gardées sur cet appareil, en attente du réseau."):"",document.body.dataset.horsLigne==="accueil"?null:[t("Voir ce qui attend"),ACCUEIL]);
const FINI=t("Tout est enregistré.");
let delai=1000,taille=100,minuterie;
const plusTard=s=>{clearTimeout(minuterie);minuterie=setTimeout(envoyer,s||delai+Math.random()*500);delai=Math.min(delai*2,3e5)};
const envoyer=()=>navigator.locks.request("hors-ligne",async()=>{
  let envoyes=0;
  for(;;){
    const tout=(await file()).filter(e=>!e.motif);
    // Un second envoi, parti juste après le premier, ne trouve rien et n'efface pas ce que l'autre a dit.
    if(!tout.length){if(envoyes)dire(FINI,document.body.dataset.horsLigne==="lecon"?[t("Voir la page à jour"),location.pathname]:null);else if(!etat?.textContent.startsWith(FINI))dire("");return listes()}
    try{
      const qui=await fetch(JOURNAL,{redirect:"manual",cache:"no-store"});
      if(qui.type==="opaqueredirect"){dire(t("Reconnectez-vous pour envoyer vos réponses. Rien n’est perdu."),[t("Se connecter"),"/compte/login/code/?next="+encodeURIComponent(location.pathname)]);return listes()}
      if(!qui.ok)throw qui;
      const{personne,aussi=[],jeton}=await qui.json(),lot=tout.filter(e=>e.personne===personne||aussi.includes(e.personne)).slice(0,taille);
      if(!lot.length){dire("");return listes()}
      if(!await lireFait("appareil"))await ecrireFait("appareil",uuid7());
      const corps={appareil:await lireFait("appareil"),maintenant:new Date().toISOString(),enonces:lot.map(({personne:_,...e})=>e)};
      const r=await fetch(JOURNAL,{method:"POST",headers:{"Content-Type":"application/json","X-CSRFToken":jeton},body:JSON.stringify(corps)});
      if(r.status===413&&taille>1){taille=Math.ceil(taille/2);continue}
      if(!r.ok)throw r;
      await ranger((await r.json()).resultats,lot,personne);envoyes+=lot.filter(pese).length;delai=1000;
    }catch(r){attendre(tout.filter(pese).length);plusTard(1000*(r.headers?.get("Retry-After")||0));return listes()}
  }});
// Ce qui fut gardé sous un compte réuni depuis à celui-ci est montré à la personne de celui-ci.
async function ranger(resultats,lot,personne){
  const recus=resultats.filter(x=>x.sort!=="refuse"),avis=await lireFait("avis")||[];
  for(const x of resultats){const e=lot.find(l=>l.id===x.id);if(!e)continue;
    if(x.sort==="refuse")await dans("file","readwrite",m=>fin(m.put({...e,personne,motif:x.motif})));
    else if(x.motif)avis.push({personne,cours:e.cours,at:e.at,motif:x.motif})}
  await ecrireFait("avis",avis);await oter(recus.map(x=>x.id));
  for(const x of recus)if(x.resultat!==null)montrer(lot.find(l=>l.id===x.id),x.resultat);
}
// À la place du formulaire : ce qui est gardé, puis le résultat quand le serveur a répondu.
function montrer(e,resultat){
  const f=e?.bloc&&document.querySelector(`body[data-hors-ligne] form[action$="/${e.bloc}/"]`)||e?.verbe==="termine"&&document.querySelector('body[data-hors-ligne] form[action$="/terminer/"]');
  if(!f)return;let p=f.querySelector("[data-garde]");if(!p){p=el("p","",{className:"note ok"});p.dataset.garde="";f.append(p)}
  p.textContent=(resultat===undefined?t("Gardé sur cet appareil à {}. Ce sera envoyé au retour du réseau.",heure(e.at)):t("Enregistré. Votre résultat : {} %.",resultat))+" ";
  if(resultat!==undefined)p.append(el("a",t("Voir les explications"),{href:`${location.pathname}?essai=${e.id}#bloc-${e.bloc}`}));
}
async function reprendre(){
  for(const e of await laMienne()){if(e.motif)continue;montrer(e);
    const f=e.bloc&&document.querySelector(`body[data-hors-ligne] form[action$="/${e.bloc}/"]`);if(!f)continue;
    for(const c of f.elements){if(!c.name||c.type==="hidden"||c.type==="submit")continue;const v=e.champs[c.name]||[];if(c.type==="radio"||c.type==="checkbox")c.checked=v.includes(c.value);else c.value=v[0]??""}}
}
const manifestes=async()=>{const tous=[];for(const nom of await caches.keys())if(nom.startsWith("cours/")){const c=await caches.open(nom),m=await c.match(`/hors-ligne/${nom.split("/")[2]}/contenu.json`);if(m)tous.push({nom,...await m.json()})}return tous};
async function listes(){
  const ici=document.querySelector("[data-emportes]");if(!ici)return;
  const qui=await moi(),tout=await laMienne(),attente=tout.filter(pese),refus=tout.filter(e=>e.motif),avis=await lireFait("avis")||[];
  const lignes=(nom,l)=>{const s=document.querySelector(`[data-${nom}]`);s.hidden=!l.length;let u=s.querySelector("ul");if(!u){u=el("ul","",{className:"stack"});(s.querySelector("p")||s.querySelector("h2")).after(u)}u.replaceChildren(...l)};
  const quoi=e=>t("{}, {}, {} : {}",e.cours,new Date(e.at).toLocaleDateString(LANGUE,{day:"numeric",month:"long"}),heure(e.at),{repond:t("questionnaire"),note:t("réflexion"),engage:t("geste à poser"),termine:t("leçon terminée"),ouvre:t("leçon ouverte")}[e.verbe]);
  const bouton=(mots,faire)=>{const b=el("button",mots,{type:"button",className:"btn small alt"});b.addEventListener("click",async()=>{await faire();listes()});return b};
  const li=(mots,...plus)=>{const l=el("li",mots+" ");l.append(...plus);return l};
  lignes("attente",attente.map(e=>li(quoi(e))));
  lignes("refus",refus.map(e=>li(`${quoi(e)}. ${e.motif} ${e.champs.text?.[0]||""}`,bouton(t("Retirer de la liste"),()=>oter([e.id])))));
  lignes("avis",avis.filter(a=>a.personne===qui).map(a=>li(`${a.cours}. ${a.motif}`,bouton(t("J’ai lu"),()=>ecrireFait("avis",avis.filter(b=>b!==a))))));
  const cours=await manifestes();
  lignes("emportes",cours.map(m=>{const l=li("",el("strong",m.titre,{lang:"fr-CA"})),ul=el("ul","",{className:"stack"});l.className="card stack";ul.append(...m.lecons.map(x=>{const e=el("li","");e.append(el("a",x.titre,{href:x.adresse,lang:"fr-CA"}));return e}));l.append(ul,bouton(t("Retirer ce cours de l’appareil"),()=>caches.delete(m.nom)));return l}));
  document.querySelector("[data-rien]").hidden=cours.length>0;
}
const nombre=(n,decimales)=>n.toLocaleString(LANGUE,{minimumFractionDigits:decimales,maximumFractionDigits:decimales});
const poids=n=>n<1e6?t("{} ko",nombre(Math.max(1,n/1e3),0)):t("{} Mo",nombre(n/1e6,1));
async function emporter(f){
  const suivi=f.querySelector("[role=status]"),bouton=f.querySelector("button"),d=f.dataset,choix=[...f.querySelectorAll("input[name=lecon]")],sons=f.querySelector("input[name=sons]");
  const total=()=>{const n=choix.filter(c=>c.checked);bouton.disabled=!n.length;f.querySelector("[data-total]").textContent=selon(n.length,"{} leçon, {}","{} leçons, {}",poids(n.reduce((s,c)=>s+ +c.dataset.octets+(sons?.checked?+c.dataset.son:0),+d.octets)))};
  f.hidden=false;f.addEventListener("change",total);total();
  f.addEventListener("submit",async v=>{v.preventDefault();bouton.disabled=true;let faites=0;
    try{
      const m=await(await fetch(d.contenu)).json(),voulues=choix.filter(c=>c.checked).map(c=>c.value),c=await caches.open(`cours/${d.personne}/${d.cours}/${m.version}`);
      const mettre=async(url,sous=url)=>{const r=await fetch(url,{cache:"no-cache"});if(!r.ok||r.redirected)throw r;await c.put(sous,r)};
      m.lecons=m.lecons.filter(l=>voulues.includes(l.cle));await navigator.storage?.persist?.();
      suivi.textContent=t("On prépare l’appareil…");for(const u of m.communs)await mettre(u);
      for(const l of m.lecons){for(const u of[...l.fichiers,...sons?.checked?l.sons:[]])await mettre(u);await mettre(l.page,l.adresse);faites++;suivi.textContent=t("Leçons emportées : {} sur {}…",faites,m.lecons.length)}
      await c.put(d.contenu,new Response(JSON.stringify(m)));
      for(const n of await caches.keys())if(n.startsWith("cours/")&&n.split("/")[2]===d.cours&&n!==`cours/${d.personne}/${d.cours}/${m.version}`)await caches.delete(n);
      await ecrireFait("personne",d.personne);
      await navigator.serviceWorker.register(d.travailleur,{scope:"/"});await navigator.serviceWorker.ready;
      suivi.textContent=selon(m.lecons.length,"C’est fait : {} leçon est sur cet appareil.","C’est fait : {} leçons sont sur cet appareil.");
    }catch(x){suivi.textContent=x?.name==="QuotaExceededError"?t("Cet appareil n’a plus assez de place. Choisissez moins de leçons, ou laissez les versions à écouter."):selon(faites,"Le réseau a manqué après {} leçon. Réessayez : ce qui est déjà là ne sera pas perdu.","Le réseau a manqué après {} leçons. Réessayez : ce qui est déjà là ne sera pas perdu.")}
    bouton.disabled=false});
}
// Partir : ce qui attend part d'abord; sinon la personne décide. Le serveur fait ensuite effacer le reste.
function veillerAuDepart(){
  for(const f of document.querySelectorAll('form[action$="/compte/logout/"]'))f.addEventListener("submit",async v=>{
    v.preventDefault();await envoyer();const n=(await file()).filter(pese).length;
    if(!n||confirm(selon(n,"{} réponse attend encore le réseau. Si vous vous déconnectez maintenant, elle sera perdue. Se déconnecter quand même?","{} réponses attendent encore le réseau. Si vous vous déconnectez maintenant, elles seront perdues. Se déconnecter quand même?")))f.submit()});
}
async function commencer(){
  const qui=document.body.dataset.qui;let connue=await lireFait("personne");
  // Quelqu'un d'autre s'est connecté ici : les copies s'en vont, ce qui attendait reste à son auteur.
  if(qui&&qui!==connue){
    if(connue)for(const n of await caches.keys())await caches.delete(n);
    const laisse=[...await file(),...await lireFait("avis")||[]].some(e=>e.personne===qui);
    await ecrireFait("personne",connue=laisse?qui:null)}
  for(const c of document.querySelectorAll("input[name=event]"))c.value||=uuid7();
  const f=document.querySelector("form[data-emporter]");if(f)emporter(f);
  const lecon=document.body.dataset.lecon;
  if(lecon&&connue){const deja=(await laMienne()).some(e=>e.verbe==="ouvre"&&e.lecon===lecon);if(!deja)await garder({id:uuid7(),personne:connue,verbe:"ouvre",cours:document.body.dataset.cours,lecon,bloc:null,essai:null,champs:{}})}
  if(qui)veillerAuDepart();
  await reprendre();await listes();envoyer();
  for(const e of["online","pageshow"])addEventListener(e,()=>{delai=1000;envoyer()});
  document.addEventListener("visibilitychange",()=>document.hidden||envoyer());
  document.querySelector("[data-envoyer]")?.addEventListener("click",()=>{delai=1000;envoyer()});
}
if(self.document)commencer();else travailler();
