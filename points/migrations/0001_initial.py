import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
import points.models.transfers
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
        ('campaign', '0001_initial'),
        ('core', '0001_initial'),
        ('lottery', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AwardStanding',
            fields=[
                ('award', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='standing', serialize=False, to='lottery.award')),
                ('prize', models.SmallIntegerField(verbose_name='prize')),
                ('rank', models.IntegerField(verbose_name='rank')),
                ('wester_id', models.CharField(db_collation='C', max_length=40, verbose_name='WESTER ID')),
                ('award_points', models.BigIntegerField(verbose_name='award')),
                ('state', models.CharField(choices=[('drawn', 'Drawn'), ('reserved', 'Reserved'), ('credited', 'Credited'), ('forfeited', 'Forfeited'), ('void', 'Void')], max_length=9, verbose_name='state')),
                ('credited_points', models.BigIntegerField(verbose_name='credited')),
                ('released_points', models.BigIntegerField(verbose_name='released')),
                ('forfeited_points', models.BigIntegerField(verbose_name='forfeited')),
                ('expired_points', models.BigIntegerField(verbose_name='expired')),
                ('credit_key', models.BinaryField(null=True)),
                ('credited_at', models.DateTimeField(null=True, verbose_name='credited at')),
                ('expires_on', models.DateField(null=True, verbose_name='expires on')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
                ('detail', models.TextField(verbose_name='detail')),
            ],
            options={
                'verbose_name': 'award',
                'verbose_name_plural': 'awards',
                'db_table': 'points_awardstanding',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='KeyStanding',
            fields=[
                ('id', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('credit_key', models.BinaryField()),
                ('points', models.BigIntegerField(null=True, verbose_name='points here')),
                ('is_reversed', models.BooleanField(verbose_name='reversed')),
                ('answered_points', models.BigIntegerField(null=True, verbose_name='points there')),
                ('detail', models.TextField(verbose_name='detail')),
                ('classed', models.CharField(choices=[('agrees', 'agrees'), ('rejected', 'rejected'), ('missing_there', 'missing there'), ('unknown_here', 'unknown here'), ('amount_differs', 'amount differs'), ('answered_twice', 'answered twice')], max_length=14, verbose_name='class')),
                ('is_open', models.BooleanField(verbose_name='open')),
                ('answered', models.CharField(blank=True, choices=[('credited', 'credited'), ('rejected', 'rejected')], db_comment='The last answer; empty where there is none, or it says both.', max_length=8)),
            ],
            options={
                'verbose_name': 'key',
                'verbose_name_plural': 'keys',
                'db_table': 'points_keystanding',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='WaitingAnswer',
            fields=[
                ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'points_waitinganswer',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('issuer', 'issuer'), ('budget', 'budget'), ('reserved', 'reserved'), ('forfeited', 'forfeited'), ('expired', 'expired'), ('member', 'member')], max_length=9, verbose_name='kind')),
                ('wester_id', models.CharField(blank=True, db_collation='C', max_length=40, null=True, verbose_name='WESTER ID')),
                ('balance_points', models.BigIntegerField(db_comment="Written only by the transfers' trigger.", db_default=0, verbose_name='balance')),
                ('least_points', models.BigIntegerField(db_comment='Of an issuer minus the budget of the terms in force, else 0.', db_default=0, verbose_name='least balance')),
                ('campaign', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='campaign.campaign', verbose_name='campaign')),
            ],
            options={
                'verbose_name': 'points account',
                'verbose_name_plural': 'points accounts',
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('awards', models.IntegerField(verbose_name='awards')),
                ('award_points', models.BigIntegerField(verbose_name='points of the awards')),
                ('list_sha256', models.CharField(db_comment='Of the approved list: key, WESTER ID and points of each award.', max_length=64)),
                ('ended_by_budget', models.BooleanField(db_comment='Whether a reward did not fit: then lots decided also in prizes that all take.', verbose_name='ended by the budget')),
                ('approved_at', models.DateTimeField(verbose_name='approved at')),
                ('ended_at', models.DateTimeField(blank=True, db_comment='When the last award was credited or forfeited.', null=True, verbose_name='ended at')),
                ('closed_at', models.DateTimeField(blank=True, db_comment='When both sides agreed on every key.', null=True, verbose_name='closed at')),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval', verbose_name='approval')),
                ('draw', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payout', to='lottery.draw', verbose_name='draw')),
            ],
            options={
                'verbose_name': 'payout',
                'verbose_name_plural': 'payouts',
                'permissions': [('request_payout', 'Can request a payout'), ('request_resolution', 'Can request that a key be resolved'), ('run_payout', 'Can run, export, settle and close a payout')],
            },
        ),
        migrations.CreateModel(
            name='CreditFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(verbose_name='business date')),
                ('sequence', models.IntegerField(verbose_name='sequence')),
                ('last_transfer', models.BigIntegerField(db_comment='Credits that stood when this was the last transfer are in the file.')),
                ('rows', models.IntegerField(verbose_name='rows')),
                ('total_points', models.BigIntegerField(verbose_name='points')),
                ('sha256', models.CharField(max_length=64)),
                ('exported_at', models.DateTimeField(verbose_name='exported at')),
                ('payout', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='file', to='points.payout', verbose_name='payout')),
            ],
            options={
                'verbose_name': 'credit file',
                'verbose_name_plural': 'credit files',
            },
        ),
        migrations.CreateModel(
            name='CreditAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField(db_comment='Of the results file, as the next two.')),
                ('sequence', models.IntegerField()),
                ('delivery', models.IntegerField(db_comment="Which of the payout's results files, from 1.")),
                ('credit_key', models.BinaryField(db_comment='32 bytes.')),
                ('status', models.CharField(choices=[('credited', 'credited'), ('rejected', 'rejected')], max_length=8, verbose_name='status')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('detail', models.TextField(blank=True, db_default='', verbose_name='detail')),
                ('processed_at', models.DateTimeField(verbose_name='processed at')),
                ('payout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='points.payout')),
            ],
            options={
                'verbose_name': 'answer of the points system',
                'verbose_name_plural': 'answers of the points system',
            },
        ),
        migrations.CreateModel(
            name='PayoutPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(db_comment='From 0.', verbose_name='number')),
                ('prize', models.SmallIntegerField(db_comment='Its number in the plan, from 1.', verbose_name='prize')),
                ('first_rank', models.IntegerField(verbose_name='first rank')),
                ('last_rank', models.IntegerField(db_comment='Inclusive.', verbose_name='last rank')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('payout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='points.payout', verbose_name='payout')),
            ],
            options={
                'verbose_name': 'part of a payout',
                'verbose_name_plural': 'parts of a payout',
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('credit_key', models.BinaryField(db_comment='32 bytes.')),
                ('verdict', models.CharField(choices=[('credited', 'credited'), ('rejected', 'rejected')], max_length=8, verbose_name='verdict')),
                ('reason', models.TextField(verbose_name='reason')),
                ('approval', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval')),
                ('payout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='points.payout')),
            ],
            options={
                'verbose_name': 'resolution',
                'verbose_name_plural': 'resolutions',
            },
        ),
        migrations.CreateModel(
            name='ResultsFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField()),
                ('sequence', models.IntegerField()),
                ('delivery', models.IntegerField(db_comment="Which of the payout's results files, from 1.")),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='bookings.feedfile')),
                ('payout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='points.payout')),
            ],
            options={
                'verbose_name': 'results file',
                'verbose_name_plural': 'results files',
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.BinaryField(db_comment='32 bytes, computed from what the transfer is for.')),
                ('payload', models.GeneratedField(db_comment='Hash of what the transfer does; the same key never does anything else.', db_persist=True, expression=points.models.transfers.Sha256(points.models.transfers.Eight('from_account'), points.models.transfers.Eight('to_account'), points.models.transfers.Eight('points'), points.models.transfers.Eight('award'), points.models.transfers.Eight('reverses'), points.models.transfers.Eight(points.models.transfers.Days('expires_on')), django.db.models.functions.comparison.Cast('kind', models.BinaryField())), output_field=models.BinaryField())),
                ('kind', models.CharField(choices=[('grant', 'grant'), ('reserve', 'reserve'), ('credit', 'credit'), ('release', 'release'), ('forfeit', 'forfeit'), ('expire', 'expire'), ('reverse', 'reversal')], max_length=7, verbose_name='kind')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('expires_on', models.DateField(blank=True, db_comment='The last day the points are valid.', null=True, verbose_name='expires on')),
                ('reason', models.CharField(blank=True, db_comment='Code of why.', db_default='', max_length=40, verbose_name='reason')),
                ('detail', models.TextField(blank=True, db_default='', verbose_name='detail')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('made_by', models.CharField(db_comment='The step that made it.', max_length=40, verbose_name='made by')),
                ('approval', models.ForeignKey(blank=True, db_comment='Null where a worker did what was approved before.', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='core.approval', verbose_name='approval')),
                ('award', points.models.transfers.UncheckedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='lottery.award', verbose_name='award')),
                ('from_account', points.models.transfers.UncheckedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfers_from', to='points.account', verbose_name='from')),
                ('reverses', points.models.transfers.UncheckedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='points.transfer', verbose_name='reverses')),
                ('to_account', points.models.transfers.UncheckedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfers_to', to='points.account', verbose_name='to')),
            ],
            options={
                'verbose_name': 'transfer',
                'verbose_name_plural': 'transfers',
                'permissions': [('request_reversal', 'Can request that a transfer be reversed')],
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('approval', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval')),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='points.transfer')),
            ],
            options={
                'verbose_name': 'reversal',
                'verbose_name_plural': 'reversals',
            },
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('campaign__isnull', False)), fields=('campaign', 'kind'), name='account_one_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('wester_id__isnull', False)), fields=('wester_id',), name='account_one_per_member'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign__isnull', True), ('kind', 'member'), ('wester_id__isnull', False)), models.Q(('campaign__isnull', False), ('kind__in', ['issuer', 'budget', 'reserved', 'forfeited', 'expired']), ('wester_id__isnull', True)), _connector='OR'), name='account_of_a_member_or_a_campaign'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('balance_points__gte', models.F('least_points'))), name='account_within_its_bound'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('least_points', 0), models.Q(('kind', 'issuer'), ('least_points__lt', 0)), _connector='OR'), name='account_only_issuer_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('award_points__gte', models.F('awards')), ('awards__gte', 0)), name='payout_of_some_points_each'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('list_sha256__regex', '^[0-9a-f]{64}$')), name='payout_hash_is_sha256'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('ended_at__isnull', False), _connector='OR'), name='payout_closed_after_its_end'),
        ),
        migrations.AddConstraint(
            model_name='creditfile',
            constraint=models.UniqueConstraint(fields=('business_date', 'sequence'), name='creditfile_name_once'),
        ),
        migrations.AddConstraint(
            model_name='creditfile',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1), ('sequence__lte', 999)), name='creditfile_sequence_in_range'),
        ),
        migrations.AddIndex(
            model_name='creditanswer',
            index=models.Index(fields=['payout', 'credit_key'], name='creditanswer_of_a_key'),
        ),
        migrations.AddConstraint(
            model_name='creditanswer',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('credit_key'), 32)), name='creditanswer_key_of_32_bytes'),
        ),
        migrations.AddConstraint(
            model_name='creditanswer',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['credited', 'rejected'])), name='creditanswer_status_known'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.UniqueConstraint(fields=('payout', 'number'), name='payoutpart_once'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('first_rank__gte', 1), ('last_rank__gte', models.F('first_rank')), ('number__gte', 0), ('prize__gte', 1)), name='payoutpart_of_some_ranks'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.UniqueConstraint(fields=('payout', 'credit_key'), name='resolution_one_per_key'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['credited', 'rejected']), models.Q(('reason', ''), _negated=True)), name='resolution_says_why'),
        ),
        migrations.AddConstraint(
            model_name='resultsfile',
            constraint=models.UniqueConstraint(fields=('payout', 'delivery'), name='resultsfile_in_order'),
        ),
        migrations.AddConstraint(
            model_name='resultsfile',
            constraint=models.UniqueConstraint(fields=('file', 'payout'), name='resultsfile_once_per_payout'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('key', 'payload'), name='transfer_repeats_say_the_same'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(fields=('key',), name='transfer_key_once'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('award__isnull', False)), fields=('award', 'kind'), name='transfer_one_of_a_kind_per_award'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='transfer_reversed_once'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('key'), 32)), name='transfer_key_of_32_bytes'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='transfer_of_some_points'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('from_account', models.F('to_account')), _negated=True), name='transfer_accounts_differ'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('award__isnull', False), ('kind__in', ['reserve', 'credit', 'release', 'forfeit', 'expire'])), models.Q(('award__isnull', True), models.Q(('kind__in', ['reserve', 'credit', 'release', 'forfeit', 'expire']), _negated=True)), _connector='OR'), name='transfer_of_an_award_if_of_that_kind'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_on__isnull', False), ('kind', 'credit')), models.Q(('expires_on__isnull', True), models.Q(('kind', 'credit'), _negated=True)), _connector='OR'), name='transfer_only_credits_expire'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reverse'), ('reverses__isnull', False)), models.Q(('reverses__isnull', True), models.Q(('kind', 'reverse'), _negated=True)), _connector='OR'), name='transfer_only_reversals_reverse'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['forfeit', 'reverse']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='transfer_loss_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('made_by', ''), _negated=True), name='transfer_made_by_something'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reversal_says_why'),
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wester_id', models.CharField(db_collation='C', db_comment='Until it is carried out; then what stands in its place everywhere.', max_length=40, verbose_name='WESTER ID')),
                ('hash', models.CharField(db_comment='The keyed hash of the WESTER ID, as bookings_erasedidentifier.', max_length=64)),
                ('reason', models.TextField(verbose_name='reason')),
                ('approval', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval', verbose_name='approval')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased at')),
                ('tables', models.JSONField(blank=True, db_comment='How many rows of each table it changed.', null=True, verbose_name='rows')),
            ],
            options={
                'verbose_name': 'erasure of a member',
                'verbose_name_plural': 'erasures of members',
                'permissions': [('request_erasure', 'Can request that a member be erased')],
                'constraints': [models.UniqueConstraint(fields=('wester_id',), name='erasure_one_per_member'), models.CheckConstraint(condition=models.Q(models.Q(('approval__isnull', True), ('erased_at__isnull', True), ('tables__isnull', True)), models.Q(('approval__isnull', False), ('erased_at__isnull', False), ('tables__isnull', False)), _connector='OR'), name='erasure_asked_or_erased'), models.CheckConstraint(condition=models.Q(('wester_id__regex', '^[A-Za-z0-9_-]{1,40}$'), ('approval__isnull', False), _connector='OR'), name='erasure_of_an_identifier'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='erasure_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Purge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purges', to='campaign.campaign', verbose_name='campaign')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.approval', verbose_name='approval')),
                ('purged_at', models.DateTimeField(blank=True, null=True, verbose_name='purged at')),
                ('tables', models.JSONField(blank=True, db_comment='How many rows of each table it deleted.', null=True, verbose_name='rows')),
            ],
            options={
                'verbose_name': 'purge of a campaign',
                'verbose_name_plural': 'purges of campaigns',
                'permissions': [('request_purge', "Can request that a campaign's data be purged")],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purged_at__isnull', True), ('tables__isnull', True)), models.Q(('purged_at__isnull', False), ('tables__isnull', False)), _connector='OR'), name='purge_waiting_or_purged')],
            },
        ),
        # Every transfer writes its accounts anew: with room on the page no index is written.
        migrations.RunSQL(
            'ALTER TABLE points_account SET (fillfactor = 50)',
            'ALTER TABLE points_account RESET (fillfactor)',
        ),
        load_sql('points', 'transfer_key', 'answered_key', 'award_standing', 'key_standing', 'waiting_answer', 'reversal_verdict', 'account_triggers', 'payout_triggers', 'payoutpart_triggers', 'draw_triggers', 'creditfile_triggers', 'resultsfile_triggers', 'creditanswer_triggers', 'resolution_triggers', 'reversal_triggers', 'transfer_triggers', 'erasure_triggers', 'purge_triggers', 'record_removal', 'erase_member', 'purge_campaign'),
    ]
