package airbyte

import "airbyte-mcp-server/internal/lazyregexp"

// Words by which an answer tells what a vendor did.

// abroad is said of time-outs and failures by vendors that answer in the language of an account.
const abroad = `zeit(?:ü|ue)berschreitung|zeitlimit|zeit(?:ü| ü|ue| ue)berschritten|(?:server|interner) ?fehler|` +
	`verbindung (?:wurde )?unterbrochen|` +
	`d[ée]lai (?:d['’]attente |imparti )?(?:a |est )?(?:[ée]t[ée] )?(?:d[ée]pass|expir|[ée]coul)|requ[êe]te a expir|` +
	`erreur (?:interne|du serveur)|` +
	`tiempo de espera|tiempo l[íi]mite|tiempo agotado|error (?:interno|del servidor)|` +
	`tempo (?:limite|de espera|esgotado|scaduto)|limite de tempo|erro (?:interno|do servidor|de servidor)|` +
	`richiesta scaduta|tempo massimo|errore (?:interno|del server)|tijdslimiet|time-out|interne serverfout|serverfout|` +
	`limit czasu|przekroczono czas|b[łl][ąa]d serwera|zaman a[şs][ıi]m|sunucu hatas|tids(?:gr[äæ]ns|grens|frist)|serverfel|` +
	`aikakatkais|` +
	`タイムアウト|時間切れ|サーバー?(?:内部)?エラー|超时|逾時|超時|服务器(?:内部)?错误|伺服器(?:內部)?錯誤|시간[ ]?(?:이 )?초과|타임아웃|서버 오류|` +
	`время ожидания|времени ожидания|таймаут|тайм-аут|ошибка сервера|час очікування|помилка сервера|פסק זמן|مهلة|خطأ في الخادم|` +
	`समय समाप्त|หมดเวลา|hết thời gian`

// limitedAbroad is said of too many calls in other languages.
const limitedAbroad = `zu viele anfragen|anfragelimit|trop de (?:requ[êe]te|demande|appel)s|` +
	`demasiadas (?:solicitudes|peticiones|llamadas)|` +
	`muitas (?:solicita[çc][õo]es|requisi[çc][õo]es|chamadas)|troppe richieste|te veel (?:verzoeken|aanvragen)|` +
	`zbyt wiele [żz][ąa]da[ńn]|[çc]ok fazla istek|` +
	`リクエスト(?:数)?が多すぎ|レート制限|请求(?:过于频繁|过多|次数过多)|請求過多|频率限制|요청이 너무 많|слишком много запросов|превышен лимит запросов`

var (
	// refused is said of a request that was surely not carried out.
	refused = lazyregexp.New(`(?i)\binvalid|\bbad\b|\bwrong\b|\bincorrect|\billegal\b|(?:is|was|were|been) refused|(?:is|was|were|` +
		`been) rejected|not acceptable|not valid|validation|value[ _]error|not[ _]found|` +
		`(?:does not|doesn't|do not) exist|no such|\bunknown[ _][a-z]+[: '"]|` +
		`is unknown|\bmissing\b|\brequire[ds]?\b|\bmust\b|\bexpect(?:s|ed)\b|` +
		`not (?:be |been )?(?:allowed|permitted|supported|authori[sz]ed|enabled)|` +
		`unsupported|forbidden|denied|unauthori[sz]ed|permission|credential|\bscopes?\b|unprocessable|` +
		`already[ _](?:exist|been|in use|taken)|is taken|` +
		`duplicate|conflict|too[ _](?:long|large|short|small|big)|at (?:most|least)\b|malformed|syntax|bad[ _]request|declined|` +
		`insufficient|` +
		`not ready|archived|read[- ]only|unrecogni[sz]ed|can(?:not|'t|n't) (?:be |close|edit|delete|create|update)|unable to map|` +
		`target organization|not[ _](?:in|a member)|unexpected (?:property|field|key|argument)|additional properties`)
	// upstreamFailed is said of a vendor without its words.
	upstreamFailed = lazyregexp.New(`(?i)upstream[ _]error`)
	// statusInWords is a status in a sentence: "HTTP 502", "status code: 503", "504 Gateway Timeout".
	statusInWords = lazyregexp.New(`(?i)\b(?:http(?:/[0-9.]+)?|status(?:[ _]?code)?|error(?:[ _]?code)?|code|returned|answered|` +
		`responded)\b(?:[ :=/"'(\[]|with|was|is|of|an|a|error|http|status|code)*([45][0-9][0-9])\b|` +
		`\b(5[0-9][0-9]|408)[ :,-]+(?:internal|bad gateway|service|gateway|server|error|web server|time|request time|` +
		`connection|origin|unknown)|` +
		`\b(4[0-9][0-9])[ :,-]+(?:client error|bad request|unauthorized|payment|forbidden|not found|conflict|gone|unprocessable|too many)`)
	// openEnd is said where the vendor did not answer, or only that it failed.
	openEnd = lazyregexp.New(`(?i)timed[ -]?out|` +
		`\b(?:gateway|read|write|request|connect(?:ion)?|connector|operation|execution|vendor|upstream|socket|api)[ _-]?time-?out|` +
		`time-?out[ _-]?(?:error|exceeded|expired|occurred|while|after|waiting|reached|when|exception)|_time_?out\b|^time-?out\b|` +
		`deadline[ _]exceeded|took too long|no (?:response|answer) (?:from|in|within)|` +
		`(?:did not|didn't|failed to) (?:respond|answer)|` +
		`bad gateway|service (?:is )?(?:temporarily )?unavailable|temporarily unavailable|internal (?:server )?error|server error|` +
		`web server is (?:down|returning)|origin is unreachable|` +
		`(?:connection|server|peer|host) (?:was |has |has been |unexpectedly )*(?:reset|aborted|broke|broken|closed|dropped|lost|` +
		`disconnected)|` +
		`connection error|network error|broken pipe|remote end closed|unexpected eof|econnreset|etimedout|incomplete ?read|` +
		`upstream[ _](?:failure|failed|unavailable)|remote ?protocol ?error|` +
		`hang up|timing out|time ?limit (?:was |has been |is )?(?:exceeded|reached)|` +
		`exceeded (?:the |its |your )?(?:maximum )?(?:time ?limit|execution time)|` +
		`(?:request|task|call) (?:was |has been |is )?(?:aborted|cancell?ed)|premature close|end of stream|eof occurred|disconnect|` +
		`(?:empty|invalid|malformed|missing|unreadable) (?:json )?(?:reply|response)|json ?decode|parse (?:the |its )?response|` +
		`response (?:was |is )(?:not valid|invalid|malformed)|(?:unexpected|unknown)[ _](?:error|exception|failure|problem|issue|reason)|` +
		`(?:backend|proxy)[ _]?error|something went wrong|` +
		`technical (?:difficult|problem|issue)|overloaded|healthy upstream|error on our|` + abroad)
	// limited is said where the vendor takes no more calls for now.
	limited = lazyregexp.New(`(?i)rate[ _-]?limit|too[ _-]?many[ _-]?(?:requests|calls)|throttl|secondary rate|` +
		`abuse detection|` +
		`(?:request|requests|call|calls|api|usage|daily|hourly|secondly|minute|quota|user|concurren(?:t|cy))[ _-]?(?:request[ _]|` +
		`api[ _])?limit` +
		`[ _-]?(?:was |has been |is )?(?:exceeded|reached|hit)|quota[ _]?(?:was |has been |is )?exceeded|` +
		`exceeded (?:the |your |its |a )?(?:[a-z]+ )?(?:quota|[0-9]+ calls)|` +
		`reached your [a-z_]+ limit|resource[ _]?(?:has been )?exhausted|complexity (?:budget|exception)|slow ?down|` +
		`\b(?:request|api)[ _]rates?\b.{0,40}(?:exceed|high)|\brate (?:was |is |has been )?exceeded|` +
		`reduce (?:the |your )?(?:request |call )?(?:rate|requests|calls)|` +
		`(?:exceed(?:ed|s)?|reached|hit|over)\b.{0,30}\b(?:api|usage|calls?|requests?)[ _](?:quota|limit|usage limit)|` +
		`(?:exceed(?:ed|s)?|reached|hit) .{0,30}\bquota|` +
		`limit\b.{0,40}\b(?:requests|calls|queries)\b.{0,30}(?:exceeded|reached)|` +
		`(?:exceed(?:ed|s)?|reached) .{0,30}limit of (?:api )?(?:requests|calls)|` +
		`limit (?:was )?exceeded: [0-9]+ (?:requests|calls)|number of (?:api )?(?:requests|calls)\b.{0,40}(?:exceed|reached)|` +
		`over[ _]?quota|` +
		`wait (?:[0-9a-z]+ )?(?:second|minute|hour|moment|while)s? before|ly_rolling\b|business_use_case|cost_exceeded|` +
		`enhance your calm|` + limitedAbroad)
	// subscription is said of the API's own allowance.
	subscription = lazyregexp.New(`(?i)allowance|spending cap|agent operations|operations used|plan limit|subscription`)
	// checkedHere is said by the API of a request that it did not pass on.
	checkedHere = lazyregexp.New(`(?i)invalid value|expects an? |missing required|required property|field required|must be|` +
		`should be|` +
		`not found in connector|not supported for entity|auth scheme|not a valid`)
	// surelyLate is openEnd for texts that may speak of a parameter, such as request_timeout.
	surelyLate = lazyregexp.New(`(?i)timed out|bad gateway|service unavailable|internal server error|connection reset`)
	daily      = lazyregexp.New(`(?i)daily|per day|24[ -]?h|REQUEST_LIMIT_EXCEEDED`)
	waitPhrase = lazyregexp.New(`(?i)(?:retry|again|wait|available|reset|resets|renewed|` +
		`retry-after)[a-z ,:="-]{0,40}?([0-9]+(?:\.[0-9]+)?)` +
		` ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)?\b`)
	// clockTime comes before a number that is a time of day, or a year.
	clockTime = lazyregexp.New(`(?i) (?:at|on|until|by) `)
)
